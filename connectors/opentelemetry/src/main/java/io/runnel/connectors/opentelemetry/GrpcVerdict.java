package io.runnel.connectors.opentelemetry;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.runnel.plugin.UnrecoverableException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a status of gRPC means for a chunk: OTLP says which ones may be tried again. One that an
 * operator can mend (credentials, a service that is not there) is tried again as well, as over
 * HTTP.
 *
 * @param server for messages
 * @param pause is told how long the server wants to be left alone
 */
record GrpcVerdict(String server, Pause pause) {
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private static final String RETRY_INFO = "/google.rpc.RetryInfo";

  /**
   * What is to be thrown.
   *
   * @throws UnrecoverableException where the chunk is never taken
   */
  IOException of(StatusRuntimeException error) {
    Status status = error.getStatus();
    Optional<Duration> delay = retryDelay(error.getTrailers());
    String rest =
        "error response from '"
            + server
            + "', status is "
            + status.getCode()
            + (status.getDescription() == null ? "" : ": " + status.getDescription())
            + (status.getCause() == null ? "" : " (" + status.getCause().getMessage() + ")");
    return switch (status.getCode()) {
      case CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS ->
          again(rest, delay);
      case RESOURCE_EXHAUSTED ->
          delay.isPresent()
              ? again(rest, delay)
              : new Sender.TooLargeException("got unrecoverable " + rest, false);
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          new IOException("got " + rest + " (the credentials are wrong or may not do this)");
      case UNIMPLEMENTED ->
          new IOException("got " + rest + " (the server has no such service of OTLP)");
      case OK,
          UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          INTERNAL ->
          throw new UnrecoverableException("got unrecoverable " + rest);
    };
  }

  private IOException again(String rest, Optional<Duration> delay) {
    delay.ifPresent(pause::ask);
    return new IOException("got retryable " + rest);
  }

  /** The time that a {@code RetryInfo} in the details of a status names. */
  private static Optional<Duration> retryDelay(Metadata trailers) {
    byte[] details = trailers == null ? null : trailers.get(DETAILS);
    if (details == null) {
      return Optional.empty();
    }
    try {
      Map<String, Object> status = MessageReader.read(Schema.STATUS, details, 0, details.length);
      if (status.get("details") instanceof List<?> list) {
        for (Object each : list) {
          if (each instanceof Map<?, ?> any
              && String.valueOf(any.get("typeUrl")).endsWith(RETRY_INFO)) {
            return Optional.of(delay(any.get("value")));
          }
        }
      }
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      return Optional.empty(); // damaged details are none
    }
    return Optional.empty();
  }

  /** One without a delay asks for none, but says that a further try is welcome. */
  private static Duration delay(Object base64) {
    byte[] bytes = base64 instanceof String text ? Base64.getDecoder().decode(text) : new byte[0];
    Map<String, Object> info = MessageReader.read(Schema.RETRY_INFO, bytes, 0, bytes.length);
    if (!(info.get("retryDelay") instanceof Map<?, ?> delay)) {
      return Duration.ZERO;
    }
    Object seconds = delay.get("seconds");
    Object nanos = delay.get("nanos");
    Duration time =
        Duration.ofSeconds(
            seconds == null ? 0 : Long.parseLong(seconds.toString()),
            nanos == null ? 0 : Long.parseLong(nanos.toString()));
    return time.isNegative() ? Duration.ZERO : time;
  }
}
