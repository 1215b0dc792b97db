/** OpenTelemetry's protocol over HTTP and gRPC: input and output {@code opentelemetry}. */
package io.runnel.connectors.opentelemetry;
