/**
 * Plugins that Fluentd does not bring along, but that configurations name most and that need no
 * client of their own. Names, parameters and defaults are those of the gems.
 */
package io.runnel.plugins.contrib;
