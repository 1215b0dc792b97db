package io.runnel.connectors.s3;

import io.runnel.connectors.s3.S3InputConfig.Sqs;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.SqsClientBuilder;
import software.amazon.awssdk.services.sqs.model.Message;

/** The SQS queue with the notifications. Used by one thread, but for {@link #close}. */
final class Queue {
  /** A message that is being worked on stays hidden from others for so long at a time. */
  private static final int HIDDEN_SECONDS = 120;

  /** Well below the shortest time that queues hide messages by default, 30 s. */
  private static final long KEEP_NANOS = 10_000_000_000L;

  private final Sqs config;
  private final SqsClient client;
  private String url;
  private long keptAt;

  Queue(Sqs config, String region, HttpSettings http, AwsCredentialsProvider credentials) {
    this.config = config;
    AwsCredentialsProvider own =
        config.awsKeyId().isEmpty()
            ? credentials
            : StaticCredentialsProvider.create(
                AwsBasicCredentials.create(config.awsKeyId().get(), config.awsSecKey().get()));
    SqsClientBuilder builder =
        SqsClient.builder()
            .region(Region.of(region))
            .credentialsProvider(own)
            .httpClient(http.client());
    config.endpoint().ifPresent(text -> builder.endpointOverride(Endpoints.uri(text)));
    client = builder.build();
  }

  /** Looks the queue up by its name. */
  void open() {
    url =
        client
            .getQueueUrl(
                get ->
                    get.queueName(config.queueName().orElseThrow())
                        .queueOwnerAWSAccountId(config.queueOwnerAwsAccountId().orElse(null)))
            .queueUrl();
  }

  /** The next message, or none after {@code wait_time_seconds}. */
  List<Message> receive() {
    List<Message> messages =
        client
            .receiveMessage(
                receive ->
                    receive
                        .queueUrl(url)
                        .maxNumberOfMessages(1)
                        .waitTimeSeconds(config.waitTimeSeconds()))
            .messages();
    keptAt = System.nanoTime();
    return messages;
  }

  /** Says, once in a while, that this message is still being worked on. */
  void keep(Message message) {
    long now = System.nanoTime();
    if (now - keptAt < KEEP_NANOS) {
      return;
    }
    keptAt = now;
    client.changeMessageVisibility(
        change ->
            change
                .queueUrl(url)
                .receiptHandle(message.receiptHandle())
                .visibilityTimeout(HIDDEN_SECONDS));
  }

  void delete(Message message) {
    client.deleteMessage(delete -> delete.queueUrl(url).receiptHandle(message.receiptHandle()));
  }

  void close() {
    client.close();
  }
}
