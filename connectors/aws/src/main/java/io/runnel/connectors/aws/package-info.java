/**
 * Outputs for services of Amazon that take events over HTTPS: Kinesis, Firehose, CloudWatch Logs.
 */
package io.runnel.connectors.aws;
