package io.runnel.plugins.contrib;

import io.runnel.event.EventTime;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.TagPattern;
import io.runnel.plugins.common.FieldText;
import io.runnel.time.FreeForm;
import io.runnel.time.TimeFormatter;
import io.runnel.time.Zone;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings records of known origin into the data model: the formatters of the filter viaq_data_model.
 * Safe for use by several threads at once.
 */
final class ViaqFormatters {
  private static final List<String> JOURNAL_TIMES =
      List.of("_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP");

  /** Of the journal, without their underscore: what is known of the process. */
  private static final List<String> TRUSTED =
      List.of(
          "AUDIT_LOGINUID",
          "AUDIT_SESSION",
          "BOOT_ID",
          "CAP_EFFECTIVE",
          "CMDLINE",
          "COMM",
          "EXE",
          "GID",
          "LINE_BREAK",
          "MACHINE_ID",
          "PID",
          "SELINUX_CONTEXT",
          "STREAM_ID",
          "SYSTEMD_CGROUP",
          "SYSTEMD_INVOCATION_ID",
          "SYSTEMD_OWNER_UID",
          "SYSTEMD_SESSION",
          "SYSTEMD_SLICE",
          "SYSTEMD_UNIT",
          "SYSTEMD_USER_UNIT",
          "TRANSPORT",
          "UID");

  /** Of the journal: what the process said of itself. */
  private static final List<String> USER =
      List.of(
          "CODE_FILE",
          "CODE_FUNCTION",
          "CODE_LINE",
          "ERRNO",
          "MESSAGE_ID",
          "RESULT",
          "UNIT",
          "SYSLOG_FACILITY",
          "SYSLOG_IDENTIFIER",
          "SYSLOG_PID");

  /** Of the journal, without their underscore: what the kernel said. */
  private static final List<String> KERNEL =
      List.of("KERNEL_DEVICE", "KERNEL_SUBSYSTEM", "UDEV_SYSNAME", "UDEV_DEVNODE", "UDEV_DEVLINK");

  private static final Map<String, String> CONTAINER =
      Map.of(
          "CONTAINER_ID_FULL", "container_id",
          "CONTAINER_ID", "container_id_short",
          "CONTAINER_NAME", "container_name");

  private static final long MICROS = 1_000_000;

  private record Rule(ViaqConfig.Formatter config, TagPattern tags) {}

  private final ViaqConfig.Config config;
  private final PluginContext context;
  private final ViaqLevels levels;
  private final List<Rule> rules;
  private final TimeFormatter times = TimeFormatter.of("%Y-%m-%dT%H:%M:%S.%6N+00:00", Zone.UTC);

  /** The machine's name; null where it is not known. */
  private final String host;

  ViaqFormatters(ViaqConfig.Config config, PluginContext context, String host) {
    this.config = config;
    this.context = context;
    this.host = host;
    levels = new ViaqLevels(config.level(), context);
    rules =
        config.formatter().stream()
            .map(one -> new Rule(one, TagPattern.parse(one.tag(), context.element().place())))
            .toList();
  }

  /** The formatter for a tag; null where there is none. */
  ViaqConfig.Formatter of(String tag) {
    for (Rule rule : rules) {
      if (rule.tags.matches(tag)) {
        return rule.config.enabled() ? rule.config : null;
      }
    }
    return null;
  }

  /** A time as text, in UTC and with microseconds. */
  String text(long time) {
    return times.format(time);
  }

  /**
   * Changes a record.
   *
   * @param time of the event, packed
   * @throws ParseException where the record's own time cannot be read
   */
  void format(ViaqConfig.Formatter formatter, long time, Map<String, Object> record)
      throws ParseException {
    switch (formatter.type()) {
      case SYS_JOURNAL, K8S_JOURNAL -> journal(formatter, record);
      case SYS_VAR_LOG -> varLog(time, record);
      case K8S_JSON_FILE -> jsonFile(formatter, time, record);
    }
    if (record.get(config.destTimeName()) == null && record.get("time") == null) {
      record.put("time", text(time));
    }
    formatter.removeKeys().forEach(record::remove);
  }

  private void journal(ViaqConfig.Formatter formatter, Map<String, Object> record) {
    systemd(record, "t", TRUSTED, "_");
    systemd(record, "u", USER, "");
    systemd(record, "k", KERNEL, "_");
    boolean kubernetes = formatter.type() == ViaqConfig.RecordKind.K8S_JOURNAL;
    levels.set(record, record.get("PRIORITY"));
    for (String field : JOURNAL_TIMES) {
      if (record.get(field) != null) {
        record.put("time", text(micros(FieldText.of(record.get(field)))));
        break;
      }
    }
    if (kubernetes) {
      record.put("message", first(record, "message", "MESSAGE", "log"));
      setHost(record, host == null ? record.get("_HOSTNAME") : host);
      kubernetesEvent(formatter, record);
      return;
    }
    record.put("message", record.get("MESSAGE"));
    boolean local = "localhost".equals(record.get("_HOSTNAME")) && host != null;
    record.put("hostname", local ? host : record.get("_HOSTNAME"));
    Map<String, Object> docker = new LinkedHashMap<>();
    CONTAINER.forEach(
        (field, name) -> {
          if (record.containsKey(field)) {
            docker.put(name, record.get(field));
          }
        });
    if (!docker.isEmpty()) {
      ViaqRecord.mapOrNew(record, "docker").putAll(docker);
    }
  }

  private static void systemd(
      Map<String, Object> record, String group, List<String> fields, String prefix) {
    Map<String, Object> found = new LinkedHashMap<>();
    for (String field : fields) {
      if (record.containsKey(prefix + field)) {
        found.put(field, record.get(prefix + field));
      }
    }
    if (!found.isEmpty()) {
      ViaqRecord.mapOrNew(record, "systemd").put(group, found);
    }
  }

  /** Ruby's {@code to_i}: what is no number is 0. */
  private static long micros(String text) {
    int digits = 0;
    while (digits < text.length() && digits < 18 && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    long micros = digits == 0 ? 0 : Long.parseLong(text.substring(0, digits));
    return EventTime.pack(micros / MICROS, micros % MICROS * 1000);
  }

  private static Object first(Map<String, Object> record, String... keys) {
    for (String key : keys) {
      Object value = record.get(key);
      if (value != null && !Boolean.FALSE.equals(value)) {
        return value;
      }
    }
    return null;
  }

  /** The node that Kubernetes names, or else another host where there is one. */
  private static void setHost(Map<String, Object> record, Object other) {
    Object node = ViaqRecord.dig(record, List.of("kubernetes", "host"));
    if (node != null || other != null) {
      record.put("hostname", node == null ? other : node);
    }
  }

  private void varLog(long time, Map<String, Object> record) {
    Map<String, Object> systemd = new LinkedHashMap<>();
    systemd.put("t", field("PID", record.get("pid")));
    systemd.put("u", field("SYSLOG_IDENTIFIER", record.get("ident")));
    record.put("systemd", systemd);
    if (record.get(config.destTimeName()) == null) {
      record.put("time", text(notInTheFuture(time)));
    }
    boolean local = "localhost".equals(record.get("host")) && host != null;
    record.put("hostname", local ? host : record.get("host"));
  }

  private static Map<String, Object> field(String key, Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(key, value);
    return map;
  }

  /** Syslog's times have no year: one that would be in the future is of the year before. */
  private long notInTheFuture(long time) {
    long now = context.clock().millis() / 1000;
    long seconds = EventTime.seconds(time);
    if (seconds <= now) {
      return time;
    }
    ZoneOffset offset = context.zone().getRules().getOffset(Instant.ofEpochSecond(seconds));
    return EventTime.pack(
        LocalDateTime.ofEpochSecond(seconds, 0, offset).minusYears(1).toEpochSecond(offset), 0);
  }

  private void jsonFile(ViaqConfig.Formatter formatter, long time, Map<String, Object> record)
      throws ParseException {
    record.put("message", first(record, "message", "log"));
    levels.set(record, null);
    setHost(record, host);
    if (record.get(config.destTimeName()) == null) {
      Object own = record.get("time");
      record.put("time", text(own == null ? time : parsed(own)));
    }
    kubernetesEvent(formatter, record);
  }

  private long parsed(Object time) throws ParseException {
    long now = context.clock().millis() / 1000;
    FreeForm parsed =
        time instanceof String text ? FreeForm.parse(text, Zone.of(context.zone()), now) : null;
    if (parsed == null) {
      throw new ParseException("no time information in " + FieldText.of(time));
    }
    return EventTime.pack(parsed.seconds(), parsed.nanos());
  }

  /** Takes apart what the event router writes: an event of Kubernetes in JSON. */
  private void kubernetesEvent(ViaqConfig.Formatter formatter, Map<String, Object> record) {
    Map<String, Object> event = ViaqRecord.map(record, "event");
    boolean wanted = formatter.processKubernetesEvents().orElse(config.processKubernetesEvents());
    if (!wanted || event == null) {
      return;
    }
    if (record.containsKey("verb")) {
      event.put("verb", record.remove("verb"));
    }
    record.remove("event");
    ViaqRecord.mapOrNew(record, "kubernetes").put("event", event);
    if (event.containsKey("message")) {
      metadata(record).put("original_raw_message", record.get("message"));
    }
    record.put("message", event.remove("message"));
    Map<String, Object> metadata = ViaqRecord.map(event, "metadata");
    record.put("time", metadata == null ? null : metadata.remove("creationTimestamp"));
  }

  /** The part of {@code pipeline_metadata} that is this collector's. */
  Map<String, Object> metadata(Map<String, Object> record) {
    String type = config.pipelineType().name().toLowerCase(java.util.Locale.ROOT);
    return ViaqRecord.mapOrNew(ViaqRecord.mapOrNew(record, "pipeline_metadata"), type);
  }
}
