package io.runnel.plugins.input;

import io.runnel.config.ConfigElement;
import io.runnel.event.MsgpackToJson;
import io.runnel.net.http.HttpHandler;
import io.runnel.net.http.HttpRequest;
import io.runnel.net.http.HttpResponse;
import io.runnel.plugin.Supervision;
import io.runnel.plugin.Supervision.PluginState;
import io.runnel.plugins.common.PluginEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The pages of monitor_agent, with Fluentd's paths, fields and order. */
final class MonitorPages implements HttpHandler {
  private final Supervision supervision;
  private final int workerId;
  private final boolean includeConfig;
  private final boolean includeRetry;

  MonitorPages(Supervision supervision, int workerId, boolean includeConfig, boolean includeRetry) {
    this.supervision = supervision;
    this.workerId = workerId;
    this.includeConfig = includeConfig;
    this.includeRetry = includeRetry;
  }

  @Override
  public HttpResponse handle(HttpRequest request) {
    String path = request.path();
    String page =
        path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return switch (page) {
      case "/api/plugins.json" -> json(200, Map.of("plugins", plugins(request)));
      case "/api/plugins" -> ltsv(plugins(request));
      case "/api/config.json" -> json(200, supervision.info());
      case "/api/books.json" -> json(200, Map.of("worker_id", workerId, "books", books()));
      case "/api/books" -> ltsv(books());
      case "/api/config" -> ltsv(List.of(supervision.info()));
      default -> json(404, Map.of("message", "Not found"));
    };
  }

  /** What came in and what became of it; Fluentd has no such page. */
  private List<Map<String, Object>> books() {
    List<Map<String, Object>> pages = new ArrayList<>();
    for (Supervision.Book book : supervision.books(workerId)) {
      Map<String, Object> page = new LinkedHashMap<>();
      page.put("kind", book.kind());
      page.put("id", book.id());
      page.put("type", book.type());
      page.putAll(book.figures());
      page.put("missing", book.missing());
      pages.add(page);
    }
    return pages;
  }

  private static HttpResponse json(int status, Object value) {
    return HttpResponse.of(
        status, "application/json", MsgpackToJson.text(value).getBytes(StandardCharsets.UTF_8));
  }

  private static HttpResponse ltsv(List<? extends Map<String, Object>> rows) {
    StringBuilder text = new StringBuilder();
    for (Map<String, Object> row : rows) {
      text.append(
          row.entrySet().stream()
              .filter(entry -> !(entry.getValue() instanceof Map))
              .map(entry -> entry.getKey() + ":" + cell(entry.getValue()))
              .collect(Collectors.joining("\t")));
      text.append('\n');
    }
    return HttpResponse.text(200, text.toString());
  }

  private static String cell(Object value) {
    return switch (value) {
      case null -> "";
      case List<?> list -> list.stream().map(String::valueOf).collect(Collectors.joining(","));
      default -> value.toString();
    };
  }

  private List<Map<String, Object>> plugins(HttpRequest request) {
    Map<String, byte[]> query = HttpParameters.query(request.query());
    boolean withConfig = includeConfig && !isNo(text(query, "with_config"));
    boolean withRetry = includeRetry && !isNo(text(query, "with_retry"));
    return plugins(filter(query), withConfig, withRetry);
  }

  private static boolean isNo(String value) {
    return value != null && List.of("no", "false", "0").contains(value);
  }

  private static String text(Map<String, byte[]> query, String name) {
    byte[] value = query.get(name);
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  private Predicate<PluginState> filter(Map<String, byte[]> query) {
    String tag = text(query, "tag");
    if (tag != null) {
      PluginState first =
          supervision.plugins(workerId).stream()
              .filter(state -> state.category().equals("output") && takes(state.element(), tag))
              .findFirst()
              .orElse(null);
      return state -> first != null && state.id().equals(first.id());
    }
    String id = query.containsKey("@id") ? text(query, "@id") : text(query, "id");
    if (id != null) {
      return state -> state.id().equals(id);
    }
    String type = query.containsKey("@type") ? text(query, "@type") : text(query, "type");
    return type == null ? state -> true : state -> type.equals(state.type());
  }

  /** Whether a {@code <match>} takes a tag. */
  private static boolean takes(ConfigElement element, String tag) {
    if (!element.name().equals("match")) {
      return false;
    }
    String patterns = element.argument().isEmpty() ? "**" : element.argument();
    for (String pattern : patterns.split("\\s+")) {
      if (tag.matches(regexp(pattern))) {
        return true;
      }
    }
    return false;
  }

  /** A tag pattern as a regular expression; one in slashes is one already. */
  private static String regexp(String pattern) {
    if (pattern.length() > 1 && pattern.startsWith("/") && pattern.endsWith("/")) {
      return ".*(?:" + pattern.substring(1, pattern.length() - 1) + ").*";
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (pattern.startsWith(".**", i)) {
        out.append("(?:\\..*)?");
        i += 2;
      } else if (pattern.startsWith("**.", i)) {
        out.append("(?:.*\\.)?");
        i += 2;
      } else if (pattern.startsWith("**", i)) {
        out.append(".*");
        i++;
      } else {
        switch (c) {
          case '*' -> out.append("[^.]*");
          case '{' -> out.append("(?:");
          case '}' -> out.append(')');
          case ',' -> out.append('|');
          default -> out.append(Pattern.quote(String.valueOf(c)));
        }
      }
    }
    return out.toString();
  }

  /** The entries of the plugins that pass. */
  List<Map<String, Object>> plugins(
      Predicate<PluginState> filter, boolean withConfig, boolean withRetry) {
    List<Map<String, Object>> entries = new ArrayList<>();
    for (PluginState state : supervision.plugins(workerId)) {
      if (filter.test(state)) {
        entries.add(PluginEntry.of(state, withConfig, withRetry));
      }
    }
    return entries;
  }
}
