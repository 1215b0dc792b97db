/** OpenTelemetry's protocol over HTTP: input and output {@code opentelemetry}. */
package io.runnel.connectors.opentelemetry;
