package io.runnel.connectors.opentelemetry;

import io.runnel.log.Log;
import java.util.Map;

/** What a server's answer says of things that it has not taken. */
final class PartialSuccess {
  private PartialSuccess() {}

  /** What was taken only in part is gone: the protocol forbids to send it again. */
  static void report(Signal signal, byte[] answer, Log log) {
    try {
      Map<String, Object> response = MessageReader.read(Schema.RESPONSE, answer, 0, answer.length);
      if (response.get("partialSuccess") instanceof Map<?, ?> partial && !partial.isEmpty()) {
        log.warn(
            "the server has not taken everything",
            signal.rejected(),
            partial.get("rejected"),
            "message",
            partial.get("errorMessage"));
      }
    } catch (IllegalArgumentException e) {
      log.debug("the answer is no message of OpenTelemetry", "error", e.getMessage());
    }
  }
}
