/** Apache Kafka: outputs and inputs of fluent-plugin-kafka on the Java client. */
package io.runnel.connectors.kafka;
