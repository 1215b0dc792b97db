package io.runnel.connectors.elasticsearch;

import io.runnel.event.Json;
import io.runnel.plugin.UnrecoverableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a cluster says of each document of a bulk request. */
final class BulkAnswer {
  /** Parts of the answer that are asked for: it would be ten times as long. */
  static final String FILTER = "filter_path=errors,items.*.status,items.*.error";

  /** Where the answer says that nothing failed: near its beginning. */
  private static final int HEAD = 200;

  /**
   * What became of one document.
   *
   * @param status 0 where the answer has none
   * @param type of the error; null for none
   * @param reason null where the answer gives none
   */
  record Item(String action, int status, String type, String reason) {
    boolean isTaken() {
      return status == 200 || status == 201;
    }

    /** It was there before, under the same id. */
    boolean isDuplicate() {
      return action.equals("create") && status == 409;
    }
  }

  private BulkAnswer() {}

  /** Whether the answer says that all documents were taken. */
  static boolean isClean(String body) {
    int at = body.indexOf("\"errors\":");
    return at >= 0 && at < HEAD && body.startsWith("false", at + "\"errors\":".length());
  }

  /**
   * The items in the order of the request.
   *
   * @throws UnrecoverableException where the answer is none to that request, with the gem's words
   */
  static List<Item> parse(String body, int expected) {
    Object root;
    try {
      root = Json.parse(body);
    } catch (IllegalArgumentException e) {
      throw new UnrecoverableException("The response format was unrecognized: " + cut(body), e);
    }
    if (!(root instanceof Map<?, ?> map) || !(map.get("items") instanceof List<?> list)) {
      throw new UnrecoverableException("The response format was unrecognized: " + cut(body));
    }
    if (list.size() != expected) {
      throw new UnrecoverableException(
          "The number of records submitted "
              + expected
              + " do not match the number returned "
              + list.size()
              + ". Unable to process bulk response.");
    }
    List<Item> items = new ArrayList<>(expected);
    for (Object each : list) {
      items.add(item(each));
    }
    return items;
  }

  private static Item item(Object value) {
    if (value instanceof Map<?, ?> outer && outer.size() == 1) {
      Map.Entry<?, ?> entry = outer.entrySet().iterator().next();
      if (entry.getValue() instanceof Map<?, ?> inner) {
        int status = inner.get("status") instanceof Number number ? number.intValue() : 0;
        Object error = inner.get("error");
        String action = String.valueOf(entry.getKey());
        if (error instanceof Map<?, ?> map) {
          return new Item(action, status, text(map.get("type")), reason(map));
        }
        return new Item(action, status, null, error == null ? null : error.toString());
      }
    }
    return new Item("", 0, null, null);
  }

  /** The reason, and what is behind it where there is more. */
  private static String reason(Map<?, ?> error) {
    String reason = text(error.get("reason"));
    return error.get("caused_by") instanceof Map<?, ?> cause && cause.get("reason") != null
        ? reason + ": " + cause.get("reason")
        : reason;
  }

  private static String text(Object value) {
    return value == null ? null : value.toString();
  }

  private static String cut(String body) {
    return body.length() > 500 ? body.substring(0, 500) + "..." : body;
  }
}
