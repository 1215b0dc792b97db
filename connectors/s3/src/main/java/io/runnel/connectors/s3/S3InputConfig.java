package io.runnel.connectors.s3;

import io.runnel.config.ByteSize;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.PluginSection;
import io.runnel.config.Secret;
import io.runnel.regexp.Regexp;
import java.util.Optional;

@Doc("Reads the objects of an S3 bucket that notifications in an SQS queue name.")
record S3InputConfig(
    @Doc("Name of the bucket.") String s3Bucket,
    @Doc("Region of the bucket; AWS_REGION, else us-east-1, where absent.")
        Optional<String> s3Region,
    @Doc("URL of a store with the interface of S3; for Amazon's own use s3_region.")
        Optional<String> s3Endpoint,
    @Inline AwsAccess access,
    @Doc("Not used: this Java's certificates of authorities are taken.") @Default("false")
        boolean useBundledCert,
    @Doc("Adds the fields s3_bucket and s3_key to each record.") @Default("false")
        boolean addObjectMetadata,
    @Doc("An object that is larger than this without compression is skipped.") @Default("256m")
        ByteSize decompressionSizeLimit,
    @Doc("Leaves the bucket in the path of the URL instead of the host's name.") @Default("false")
        boolean forcePathStyle,
    @Doc("Form of the objects: gzip, json, text, zstd; by programs gzip_command, lzo, lzma2.")
        @Default("gzip")
        String storeAs,
    @Doc("Parameters of the program of gzip_command (-dc), lzo or lzma2 (-qdc).")
        Optional<String> commandParameter,
    @Doc("Checks at the start that the keys may list the bucket.") @Default("true")
        boolean checkApikeyOnStart,
    @Doc("URL of a proxy.") Optional<String> proxyUri,
    @Doc("Only objects whose key matches are read.") Optional<Regexp> matchRegexp,
    @Doc("Tag of the events.") @Default("input.s3") String tag,
    @Doc("The queue with the notifications.") Sqs sqs,
    @Doc("How each line is read.") @Default("none") PluginSection parse) {

  /** {@code <sqs>}. */
  record Sqs(
      @Doc("Name of the queue.") Optional<String> queueName,
      @Doc("Account that owns the queue, where it is another.")
          Optional<String> queueOwnerAwsAccountId,
      @Doc("URL of a service with the interface of SQS; for Amazon's own use s3_region.")
          Optional<String> endpoint,
      @Doc("AWS access key id for the queue, where it is another.") @Secret
          Optional<String> awsKeyId,
      @Doc("AWS secret key for the queue.") @Secret Optional<String> awsSecKey,
      @Doc("Leaves the messages in the queue.") @Default("false") boolean skipDelete,
      @Doc("Seconds that a question waits for a message.") @Default("20") int waitTimeSeconds,
      @Doc("Seconds after an error until the next question.") @Default("300")
          int retryErrorInterval,
      @Doc("The messages come through EventBridge.") @Default("false") boolean eventBridgeMode) {}
}
