package io.runnel.connectors.uaparser;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.error.YAMLException;
import ua_parser.Client;
import ua_parser.Parser;

/** The filter {@code ua_parser} of fluent-plugin-ua-parser. Safe for use by several threads. */
final class UaParserFilter implements Filter {
  static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("ua_parser", Config.class, UaParserFilter::new);

  /** As the gem remembers. */
  private static final int CACHED = 4096;

  /** The rest of a longer one says nothing more, and the patterns are many. */
  private static final int LONGEST = 1024;

  @Doc("Adds browser, system and device, read out of a User-Agent header.")
  record Config(
      @Doc("Field with the header.") @Default("user_agent") String keyName,
      @Doc("Takes that field out.") @Default("false") boolean deleteKey,
      @Doc("Field that gets what was found.") @Default("ua") String outKey,
      @Doc("Adds ua_browser_family and the like in place of one field with all.") @Default("false")
          boolean flatten,
      @Doc("File with other patterns, in the form of ua-parser's regexes.yaml.")
          Optional<String> patternsPath) {}

  private final Config config;
  private final Parser parser;
  private final Map<String, Map<String, Object>> cache =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<String, Object>> eldest) {
          return size() > CACHED;
        }
      };

  UaParserFilter(Config config, PluginContext context) {
    this.config = config;
    this.parser = parser(config, context);
  }

  private static Parser parser(Config config, PluginContext context) {
    if (config.patternsPath.isPresent()) {
      try (InputStream patterns = Files.newInputStream(Path.of(config.patternsPath.get()))) {
        return new Parser(patterns);
      } catch (IOException | YAMLException | IllegalArgumentException | ClassCastException e) {
        context.log().warn("Failed to configure parser. Use default pattern.", e);
      }
    }
    return new Parser();
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    List<Event> events = new ArrayList<>(stream.count());
    for (Event event : stream.events()) {
      Object header = event.record().get(config.keyName);
      if (header == null && !event.record().containsKey(config.keyName)) {
        events.add(event);
        continue;
      }
      Map<String, Object> record = new LinkedHashMap<>(event.record());
      if (config.deleteKey) {
        record.remove(config.keyName);
      }
      if (header != null) {
        Map<String, Object> found = details(header.toString());
        if (config.flatten) {
          flatten(config.outKey, found, record);
        } else {
          record.put(config.outKey, found);
        }
      }
      events.add(new Event(event.time(), record));
    }
    return EventStream.of(events);
  }

  private static void flatten(String prefix, Map<?, ?> found, Map<String, Object> record) {
    found.forEach(
        (key, value) -> {
          String name = prefix + "_" + key;
          if (value instanceof Map<?, ?> inner) {
            flatten(name, inner, record);
          } else {
            record.put(name, value);
          }
        });
  }

  private Map<String, Object> details(String header) {
    String text = header.length() > LONGEST ? header.substring(0, LONGEST) : header;
    synchronized (cache) {
      Map<String, Object> known = cache.get(text);
      if (known != null) {
        return known;
      }
    }
    Map<String, Object> found = details(parser.parse(text));
    synchronized (cache) {
      cache.put(text, found);
    }
    return found;
  }

  private static Map<String, Object> details(Client client) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(
        "browser",
        versioned(
            client.userAgent.family,
            client.userAgent.major,
            client.userAgent.minor,
            client.userAgent.patch));
    all.put(
        "os",
        versioned(
            client.os.family,
            client.os.major,
            client.os.minor,
            client.os.patch,
            client.os.patchMinor));
    all.put("device", client.device.family);
    return all;
  }

  private static Map<String, Object> versioned(String family, String... parts) {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("family", family);
    List<String> version = new ArrayList<>();
    for (String part : parts) {
      if (part == null) {
        break;
      }
      version.add(part);
    }
    found.put("version", String.join(".", version));
    if (!version.isEmpty()) {
      found.put("major_version", number(version.getFirst()));
    }
    return found;
  }

  /** The digits in front, 0 where there are none: what Ruby's to_i makes of a text. */
  private static long number(String text) {
    int end = 0;
    while (end < text.length() && end < 18 && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return end == 0 ? 0 : Long.parseLong(text.substring(0, end));
  }
}
