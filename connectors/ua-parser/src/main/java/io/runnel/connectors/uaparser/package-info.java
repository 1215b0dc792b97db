/** The filter {@code ua_parser}. */
package io.runnel.connectors.uaparser;
