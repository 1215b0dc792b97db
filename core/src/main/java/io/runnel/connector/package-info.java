/**
 * Connectors: plugins that come in a folder of jars of their own, because they need a heavy client
 * or because somebody else wrote them. A folder {@code connectors/NAME} of the installation holds
 * the jars and a small text file that says which plugins they have; so a plugin is found by its
 * name without a jar being opened, and nothing of a connector is loaded before a configuration
 * names one of its plugins (docs/decisions/0801-connectors.md).
 */
package io.runnel.connector;
