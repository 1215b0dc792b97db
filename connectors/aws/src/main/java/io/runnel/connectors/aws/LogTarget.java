package io.runnel.connectors.aws;

/** A log stream of CloudWatch Logs. */
record LogTarget(String group, String stream) {}
