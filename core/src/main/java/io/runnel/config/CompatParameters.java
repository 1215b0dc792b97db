package io.runnel.config;

import io.runnel.event.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Turns the v0.12 dialect of a plugin's section into v1: {@code type}, {@code id}, {@code
 * log_level}, and the flat parameters that became sections (Fluentd's compat_parameters helper). A
 * section that the file has wins over flat parameters. Values keep their places.
 */
public final class CompatParameters {
  private static final Map<String, String> BUFFER =
      mapping(
          "buffer_type=@type buffer_path=path num_threads=flush_thread_count flush_interval"
              + " try_flush_interval=flush_thread_interval"
              + " queued_chunk_flush_interval=flush_thread_burst_interval"
              + " disable_retry_limit=retry_forever retry_limit=retry_max_times"
              + " max_retry_wait=retry_max_interval buffer_chunk_limit=chunk_limit_size"
              + " buffer_queue_limit=queue_limit_length buffer_queue_full_action=overflow_action"
              + " flush_at_shutdown time_slice_wait=timekey_wait timezone=timekey_zone"
              + " time_slice_format=");
  private static final Map<String, String> PARSE =
      mapping(
          "keys time_key time_format delimiter keep_time_key null_empty_string null_value_pattern"
              + " json_parser label_delimiter format_firstline message_key with_priority"
              + " message_format rfc5424_time_format format= types= types_delimiter="
              + " types_label_delimiter= localtime= utc=");
  private static final Map<String, String> FORMAT =
      mapping(
          "delimiter force_quotes keys fields json_parser label_delimiter output_time output_tag"
              + " timezone message_key add_newline output_type format= localtime= utc=");
  private static final Map<String, String> INJECT =
      mapping(
          "time_key time_format timezone tag_key include_time_key= include_tag_key= localtime="
              + " utc=");
  private static final Map<String, String> EXTRACT =
      mapping("time_key time_format timezone tag_key localtime= utc=");

  /** Sections that configure a plugin of their own, in which the old names stand as well. */
  private static final Set<String> PLUGIN_SECTIONS =
      Set.of("buffer", "parse", "format", "storage", "secondary", "store");

  private static final Set<String> OTHER_FORMATS = Set.of("grok", "multiline_grok", "multi_format");
  private static final Set<String> OTHER_PARAMETERS =
      Set.of(
          "grok_pattern",
          "custom_pattern_path",
          "grok_failure_key",
          "grok_name_key",
          "multiline_start_regexp");

  private static final int MAX_NUMBERED_FORMAT = 20;

  private final ConfigElement element;
  private final Problems problems;

  private CompatParameters(ConfigElement element, Problems problems) {
    this.element = element;
    this.problems = problems;
  }

  /** {@code a=b c d=}: a becomes b, c stays c, d is of the group but not copied. */
  private static Map<String, String> mapping(String text) {
    Map<String, String> map = new LinkedHashMap<>();
    for (String pair : text.split(" ")) {
      int equals = pair.indexOf('=');
      String key = equals < 0 ? pair : pair.substring(0, equals);
      map.put(key, equals < 0 ? pair : pair.substring(equals + 1));
    }
    return map;
  }

  /**
   * Converts a plugin's section.
   *
   * @param groups the groups of flat parameters that the plugin knows
   * @param defaultChunkKey argument of a {@code <buffer>} that is made: {@code time}, {@code tag}
   *     or empty
   * @return a copy; flat parameters that went into a section are still there, marked as used
   */
  public static ConfigElement convert(
      ConfigElement element,
      Set<LegacyParameters> groups,
      String defaultChunkKey,
      Problems problems) {
    ConfigElement copy = renamed(element, true, problems);
    CompatParameters converter = new CompatParameters(copy, problems);
    for (LegacyParameters group : LegacyParameters.values()) {
      if (groups.contains(group)) {
        converter.convert(group, defaultChunkKey);
      }
    }
    return copy;
  }

  private void convert(LegacyParameters group, String defaultChunkKey) {
    switch (group) {
      case BUFFER -> buffer(defaultChunkKey);
      case PARSE -> parse();
      case FORMAT -> format();
      case INJECT -> inject();
      case EXTRACT -> extract();
    }
  }

  /** A copy in which {@code type}, {@code id} and {@code log_level} have their {@code @}. */
  private static ConfigElement renamed(ConfigElement element, boolean plugin, Problems problems) {
    ConfigElement copy = new ConfigElement(element.name(), element.argument(), element.place());
    element
        .parameters()
        .forEach(
            (key, value) -> {
              boolean old = key.equals("type") || key.equals("id") || key.equals("log_level");
              if (plugin && old && !element.has("@" + key)) {
                problems.warn(
                    "'" + key + "' is deprecated parameter name. use '@" + key + "' instead.",
                    value.place(),
                    null);
                copy.set("@" + key, value);
              } else {
                copy.set(key, value);
              }
            });
    for (ConfigElement section : element.sections()) {
      // A <secondary> or <store> is converted as a whole when its plugin is made.
      boolean old = PLUGIN_SECTIONS.contains(section.name()) && section.has("type");
      copy.add(old ? renamed(section, true, problems) : section.copy());
    }
    return copy;
  }

  /** The new section with what is copied as it is; null where there is nothing to convert. */
  private ConfigElement start(String section, String argument, Map<String, String> mapping) {
    if (element.section(section).isPresent() || mapping.keySet().stream().noneMatch(element::has)) {
      return null;
    }
    element.markUsed(mapping.keySet());
    ConfigElement made = new ConfigElement(section, argument, element.place());
    mapping.forEach(
        (key, target) -> {
          ConfigValue value = element.parameters().get(key);
          if (value != null && !target.isEmpty()) {
            made.set(target, value);
          }
        });
    return made;
  }

  private void set(ConfigElement section, String key, String text, String from) {
    section.set(key, ConfigValue.of(text, element.placeOf(from)));
  }

  private void setIfAbsent(ConfigElement section, String key, String text, String from) {
    if (!section.has(key)) {
      set(section, key, text, from);
    }
  }

  private boolean isTrue(String key) {
    String text = element.peek(key);
    return text != null && Boolean.TRUE.equals(ValueParser.bool(key, text, false));
  }

  private void buffer(String defaultChunkKey) {
    boolean sliced = element.has("time_slice_format");
    ConfigElement section = start("buffer", sliced ? "time" : defaultChunkKey, BUFFER);
    if (section == null) {
      keepInterval();
      return;
    }
    if ("exception".equals(section.peek("overflow_action"))) {
      set(section, "overflow_action", "throw_exception", "buffer_queue_full_action");
    }
    if (sliced) {
      set(section, "timekey", timekey(), "time_slice_format");
      sliceZone(section);
    } else if (defaultChunkKey.equals("time")) {
      set(section, "timekey", "86400", "");
    }
    if (element.has("flush_interval")) {
      set(section, "flush_mode", "interval", "flush_interval");
    }
    element.add(section);
  }

  /** A flush_interval outside of {@code <buffer>} sets the mode, as in Fluentd. */
  private void keepInterval() {
    ConfigElement section = element.section("buffer").orElse(null);
    if (section == null || !element.has("flush_interval")) {
      return;
    }
    element.markUsed("flush_interval");
    setIfAbsent(section, "flush_mode", "interval", "flush_interval");
  }

  private String timekey() {
    String format = String.valueOf(element.peek("time_slice_format"));
    List<String> units = List.of("%S", "%M", "%H", "%d");
    List<String> seconds = List.of("1", "60", "3600", "86400");
    for (int i = 0; i < units.size(); i++) {
      if (format.contains(units.get(i))) {
        return seconds.get(i);
      }
    }
    problems.error(
        "time_slice_format only with %Y or %m is too long",
        element.placeOf("time_slice_format"), "add %d, %H, %M or %S");
    return "86400";
  }

  private void sliceZone(ConfigElement section) {
    boolean utc = element.has("utc");
    boolean localtime = element.has("localtime");
    if (utc && localtime) {
      both();
    } else if (utc) {
      set(section, "timekey_use_utc", Boolean.toString(isTrue("utc")), "utc");
    } else if (localtime) {
      set(section, "timekey_use_utc", Boolean.toString(!isTrue("localtime")), "localtime");
    }
    element.markUsed(List.of("utc", "localtime"));
  }

  private void both() {
    problems.error(
        "both of utc and localtime are specified, use only one of them",
        element.placeOf("utc"),
        null);
  }

  /** Either of utc and localtime as {@code localtime}. */
  private void localtime(ConfigElement section) {
    boolean utc = element.has("utc");
    boolean localtime = element.has("localtime");
    if (utc && localtime && isTrue("utc") == isTrue("localtime")) {
      both();
    } else if (localtime) {
      set(section, "localtime", Boolean.toString(isTrue("localtime")), "localtime");
    } else if (utc) {
      set(section, "localtime", Boolean.toString(!isTrue("utc")), "utc");
    }
  }

  private void parse() {
    ConfigElement section = start("parse", "", PARSE);
    if (section == null) {
      return;
    }
    String format = element.peek("format");
    if (format != null && isPattern(format)) {
      set(section, "@type", "regexp", "format");
      set(section, "expression", format, "format");
    } else if (format != null) {
      set(section, "@type", format, "format");
    }
    for (int i = 1; i <= MAX_NUMBERED_FORMAT; i++) {
      String key = "format" + i;
      if (element.has(key)) {
        element.markUsed(key);
        section.set(key, element.parameters().get(key));
      }
    }
    if (element.peek("types") != null) {
      types(section);
    }
    localtime(section);
    others(section, format);
    element.add(section);
  }

  /** What parsers that Fluentd does not bring along had beside {@code format}. */
  private void others(ConfigElement section, String format) {
    if (format == null || !OTHER_FORMATS.contains(format)) {
      return;
    }
    for (String key : OTHER_PARAMETERS) {
      if (element.has(key)) {
        element.markUsed(key);
        section.set(key, element.parameters().get(key));
      }
    }
    for (ConfigElement child : element.sections()) {
      if (child.name().equals("grok") || child.name().equals("pattern")) {
        section.add(child.copy());
        child.markAllUsed();
      }
    }
  }

  /** {@code /re/}, also with flags. */
  private static boolean isPattern(String format) {
    int slash = format.lastIndexOf('/');
    return format.startsWith("/")
        && slash > 0
        && format.substring(slash + 1).chars().allMatch(c -> "imx".indexOf(c) >= 0);
  }

  private void types(ConfigElement section) {
    String text = element.peek("types");
    if (text.strip().startsWith("{")) {
      section.set("types", element.parameters().get("types"));
      return;
    }
    String between = orElse(element.peek("types_delimiter"), ",");
    String label = orElse(element.peek("types_label_delimiter"), ":");
    Map<String, String> types = new LinkedHashMap<>();
    for (String pair : text.split(Pattern.quote(between))) {
      int at = pair.indexOf(label);
      if (at >= 0) {
        types.put(pair.substring(0, at).strip(), pair.substring(at + label.length()).strip());
      }
    }
    set(section, "types", Json.write(types), "types");
  }

  private static String orElse(String text, String other) {
    return text == null || text.isEmpty() ? other : text;
  }

  private void format() {
    ConfigElement section = start("format", "", FORMAT);
    if (section == null) {
      return;
    }
    if (element.peek("format") != null) {
      set(section, "@type", element.peek("format"), "format");
    }
    if (epoch()) {
      set(section, "time_type", "unixtime", "time_as_epoch");
    }
    localtime(section);
    element.add(section);
  }

  private boolean epoch() {
    element.markUsed("time_as_epoch");
    return isTrue("time_as_epoch");
  }

  private void inject() {
    ConfigElement section = start("inject", "", INJECT);
    if (section == null) {
      return;
    }
    if (isTrue("include_time_key")) {
      setIfAbsent(section, "time_key", "time", "include_time_key");
      setIfAbsent(section, "time_type", "string", "include_time_key");
    }
    if (epoch()) {
      set(section, "time_type", "unixtime", "time_as_epoch");
    }
    if (isTrue("include_tag_key")) {
      setIfAbsent(section, "tag_key", "tag", "include_tag_key");
    }
    localtime(section);
    element.add(section);
  }

  private void extract() {
    String format = element.peek("format");
    boolean pattern = format != null && isPattern(format);
    ConfigElement section = start("extract", "", EXTRACT);
    if (section == null && (element.section("extract").isPresent() || !pattern && !epoch())) {
      return;
    }
    section = section == null ? new ConfigElement("extract", "", element.place()) : section;
    if (epoch()) {
      setIfAbsent(section, "time_key", "time", "time_as_epoch");
      set(section, "time_type", "unixtime", "time_as_epoch");
    } else if (pattern) {
      setIfAbsent(section, "time_key", "time", "format");
      setIfAbsent(section, "time_type", "string", "format");
    }
    localtime(section);
    element.add(section);
  }
}
