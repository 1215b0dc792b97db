/** The filter {@code geoip}. */
package io.runnel.connectors.geoip;
