package io.runnel.connectors.s3;

import io.runnel.event.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a message of the queue says.
 *
 * @param keys keys of objects as they stand in the message, percent-encoded
 * @param problem why there are none; null where there are
 */
record Notification(List<String> keys, String problem) {
  private static Notification wrong(String problem) {
    return new Notification(List.of(), problem);
  }

  /**
   * @param eventBridge the form of EventBridge instead of that of S3 itself
   */
  static Notification parse(String body, boolean eventBridge) {
    Object parsed;
    try {
      parsed = Json.parse(body);
    } catch (IllegalArgumentException e) {
      return wrong("Skipping SQS message that cannot be handled: no JSON");
    }
    if (!(parsed instanceof Map<?, ?> message)) {
      return wrong("Skipping SQS message whose body is not a JSON object");
    }
    Object content = message.get(eventBridge ? "detail" : "Records");
    if (content == null || Boolean.FALSE.equals(content)) {
      return wrong("Skipping SQS message that is not an S3 notification");
    }
    List<String> keys = new ArrayList<>();
    List<?> records = eventBridge ? List.of(content) : content instanceof List<?> l ? l : List.of();
    for (Object each : records) {
      Object record = eventBridge ? each : child(each, "s3");
      if (child(child(record, "object"), "key") instanceof String key) {
        keys.add(key);
      }
    }
    return keys.isEmpty()
        ? wrong("Skipping SQS message with a malformed notification body")
        : new Notification(List.copyOf(keys), null);
  }

  private static Object child(Object parent, String name) {
    return parent instanceof Map<?, ?> map ? map.get(name) : null;
  }

  /** The key as the bucket has it: {@code +} is a space, {@code %XX} a byte. */
  static String decode(String rawKey) {
    try {
      return URLDecoder.decode(rawKey, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return rawKey; // a lone percent sign
    }
  }
}
