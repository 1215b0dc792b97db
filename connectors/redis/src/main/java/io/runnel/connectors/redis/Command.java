package io.runnel.connectors.redis;

import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.event.RawBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Protocol;

/** A command with its arguments. */
record Command(Protocol.Command name, byte[]... arguments) {
  static Command of(Protocol.Command name, Object... arguments) {
    byte[][] bytes = new byte[arguments.length][];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = bytes(arguments[i]);
    }
    return new Command(name, bytes);
  }

  /** What Redis keeps for a value: its text, JSON for lists and maps, nothing for nil. */
  static byte[] bytes(Object value) {
    return switch (value) {
      case null -> new byte[0];
      case byte[] bytes -> bytes;
      case RawBytes raw -> raw.bytes();
      case Map<?, ?> map -> text(Json.write(map));
      case List<?> list -> text(Json.write(list));
      case EventTime time -> text(Long.toString(time.seconds()));
      default -> text(value.toString());
    };
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
