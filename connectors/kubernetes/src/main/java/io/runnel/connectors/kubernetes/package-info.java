/**
 * Kubernetes: what the API server knows of the pod and the namespace that a log comes from. Plain
 * HTTPS and JSON over the JDK's connections; no client library.
 */
package io.runnel.connectors.kubernetes;
