/**
 * Amazon S3 and stores that speak its interface: an output that writes each chunk as an object, and
 * an input that reads the objects that notifications in an SQS queue name. By Amazon's own client
 * (AWS SDK for Java 2) over the JDK's connections.
 */
package io.runnel.connectors.s3;
