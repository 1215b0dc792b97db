package io.runnel.connectors.kafka;

import io.runnel.connectors.kafka.log.ClientLog;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.BootstrapResolutionException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.protocol.Errors;

/** Says what an error of the client means, in words that help. */
final class Failures {
  private final List<String> brokers;
  private final Optional<String> user;
  private final ClientLog log;

  Failures(List<String> brokers, Optional<String> user, ClientLog log) {
    this.brokers = brokers;
    this.user = user;
    this.log = log;
  }

  /** An error to throw, with the client's as its cause. */
  IOException of(Throwable error) {
    return new IOException(text(error), error);
  }

  /** What went wrong, which brokers were asked, and what would help. */
  String text(Throwable error) {
    Throwable cause = root(error);
    String said =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    if (cause instanceof BootstrapResolutionException || said.contains("bootstrap url")) {
      return "cannot resolve any of the brokers "
          + brokers
          + ": check the names in brokers ("
          + said
          + ")";
    }
    if (cause instanceof SslAuthenticationException) {
      return "no TLS connection with the brokers "
          + brokers
          + ": "
          + said
          + causeOf(cause)
          + "; check ssl_ca_cert and the brokers' certificates";
    }
    if (cause instanceof AuthenticationException) {
      return "the brokers "
          + brokers
          + " refuse "
          + user.map(name -> "the user '" + name + "'").orElse("this client")
          + ": "
          + said
          + "; check username, password and scram_mechanism";
    }
    if (cause instanceof AuthorizationException) {
      return "the brokers " + brokers + " do not allow it: " + said + "; check the ACLs";
    }
    if (cause instanceof TimeoutException) {
      String trouble = log.lastTrouble();
      return "no answer from the brokers "
          + brokers
          + " in time: "
          + said
          + (trouble == null ? "" : " (the client's last warning: " + trouble + ")");
    }
    return "Failed to send messages to the brokers " + brokers + ": " + said;
  }

  private static String causeOf(Throwable error) {
    return error.getCause() == null ? "" : " (" + error.getCause().getMessage() + ")";
  }

  /** The client wraps some: "Failed to construct kafka producer". */
  private static Throwable root(Throwable error) {
    Throwable at = error;
    while (at.getClass() == org.apache.kafka.common.KafkaException.class && at.getCause() != null) {
      at = at.getCause();
    }
    return at;
  }

  /** Whether the brokers answered that they do not know the topic. */
  static boolean isUnknownTopic(Throwable error) {
    return error instanceof UnknownTopicOrPartitionException
        || error instanceof TimeoutException
            && error.getCause() instanceof UnknownTopicOrPartitionException;
  }

  /** Whether the producer may go on after it. */
  static boolean isPassing(Throwable error) {
    return error instanceof RetriableException && !(error instanceof AuthenticationException);
  }

  /** What the gem, or librdkafka's binding, calls an error: for parameters that name some. */
  static List<String> names(Throwable error) {
    Throwable cause = root(error);
    Errors code = Errors.forException(cause);
    String special =
        isUnknownTopic(cause)
            ? "Kafka::UnknownTopicOrPartition"
            : cause instanceof AuthenticationException || cause instanceof TimeoutException
                ? "Kafka::ConnectionError"
                : "Kafka::Error";
    return List.of(
        "Kafka::DeliveryFailed",
        special,
        cause.getClass().getSimpleName(),
        code.name().toLowerCase(java.util.Locale.ROOT),
        code == Errors.UNKNOWN_TOPIC_OR_PARTITION ? "unknown_topic_or_part" : "");
  }
}
