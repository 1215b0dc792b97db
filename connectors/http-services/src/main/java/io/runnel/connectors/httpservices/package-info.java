/**
 * Outputs for services that take events over HTTPS with little more than a token. Each is a record
 * of parameters and a {@link io.runnel.connectors.httpservices.Service}; what they have in common
 * is {@link io.runnel.connectors.httpservices.ServiceOutput} and {@code plugins.client}.
 */
package io.runnel.connectors.httpservices;
