/** Where the messages of the Kafka client go: into the log of the plugin that uses it. */
package io.runnel.connectors.kafka.log;
