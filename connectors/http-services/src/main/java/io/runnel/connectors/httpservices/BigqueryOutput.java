package io.runnel.connectors.httpservices;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.time.Strftime;
import io.runnel.time.TimeFormatter;
import io.runnel.time.Zone;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The form of fluent-plugin-bigquery before 2.0: {@code bigquery} with {@code method insert}. */
final class BigqueryOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("bigquery", Config.class, BigqueryOutput::output)
          .legacy(LegacyParameters.BUFFER)
          .buffered(
              BufferDefaults.of(
                  List.of(),
                  "@type",
                  "memory",
                  "flush_mode",
                  "interval",
                  "flush_interval",
                  "0.25",
                  "chunk_limit_size",
                  "1m",
                  "chunk_limit_records",
                  "500"));

  @Doc("Inserts events into a table of Google BigQuery; bigquery_insert has taken its place.")
  record Config(
      @Inline BigqueryConfig common,
      @Doc("insert; the gem's load is refused.") @Default("insert") String method,
      @Doc("Names of text fields, with commas between them.") Optional<String> fieldString,
      @Doc("Names of integer fields.") Optional<String> fieldInteger,
      @Doc("Names of float fields.") Optional<String> fieldFloat,
      @Doc("Names of boolean fields.") Optional<String> fieldBoolean,
      @Doc("Names of timestamp fields.") Optional<String> fieldTimestamp,
      @Doc("The field that gets the time; dots lead into maps.") Optional<String> timeField,
      @Doc("How that time is written; ISO 8601 where absent.") Optional<String> timeFormat,
      @Doc("That time is local time.") @Default("true") boolean localtime,
      @Doc("That time is UTC.") @Default("false") boolean utc,
      @Doc("Writes maps as JSON text.") @Default("false") boolean convertHashToJson,
      @Doc(
              "Changes names of fields as replace_record_key_regexpN says, then leaves only word"
                  + " characters in them.")
          @Default("false")
          boolean replaceRecordKey) {}

  /** Parameters replace_record_key_regexp1 to 10. */
  private static final int MOST_REPLACEMENTS = 10;

  private final Config config;
  private final Map<String, String> replacements;
  private final Optional<TimeFormatter> times;

  private BigqueryOutput(Config config, OutputContext context) {
    this.config = config;
    replacements = replacements(context);
    Zone zone = config.utc ? Zone.UTC : Zone.of(context.zone());
    times = config.timeField.map(field -> TimeFormatter.of(config.timeFormat.orElse(null), zone));
  }

  private static Output output(Config config, OutputContext context) {
    if (!config.method.equals("insert")) {
      throw new ConfigException(
          "'method' must be 'insert': loads from files are not supported",
          context.element().placeOf("method"));
    }
    BigqueryOutput output = new BigqueryOutput(config, context);
    Map<String, TableField> fields = new LinkedHashMap<>();
    add(fields, config.fieldString, TableField.Type.STRING);
    add(fields, config.fieldInteger, TableField.Type.INTEGER);
    add(fields, config.fieldFloat, TableField.Type.FLOAT);
    add(fields, config.fieldBoolean, TableField.Type.BOOLEAN);
    add(fields, config.fieldTimestamp, TableField.Type.TIMESTAMP);
    ZoneId zone = config.utc ? ZoneOffset.UTC : context.zone();
    return new BigqueryInsertOutput(
        config.common,
        fields,
        (record, time) -> output.change(record, time),
        name -> Strftime.format(name, context.clock().millis() / 1_000, 0, zone),
        context);
  }

  private static void add(
      Map<String, TableField> fields, Optional<String> names, TableField.Type type) {
    for (String each : names.orElse("").split(",")) {
      String name = each.strip();
      if (name.contains(".")) {
        String[] parts = name.split("\\.", 2);
        TableField outer =
            fields.computeIfAbsent(
                parts[0],
                key ->
                    new TableField(
                        key,
                        TableField.Type.RECORD,
                        TableField.Mode.NULLABLE,
                        new LinkedHashMap<>()));
        add(outer.fields(), Optional.of(parts[1]), type);
      } else if (!name.isEmpty()) {
        fields.put(name, new TableField(name, type, TableField.Mode.NULLABLE, Map.of()));
      }
    }
  }

  private static Map<String, String> replacements(OutputContext context) {
    Map<String, String> found = new LinkedHashMap<>();
    for (int i = 1; i <= MOST_REPLACEMENTS; i++) {
      String name = "replace_record_key_regexp" + i;
      String value = context.element().peek(name);
      if (value == null) {
        continue;
      }
      context.element().markUsed(name);
      String[] parts = value.split(" ", 2);
      if (parts.length < 2) {
        throw new ConfigException(
            name + " does not contain 2 parameters", context.element().placeOf(name));
      }
      found.put(parts[0], parts[1]);
    }
    return found;
  }

  private Map<String, Object> change(Map<String, Object> given, long time) {
    Map<String, Object> record = config.replaceRecordKey ? renamed(given) : given;
    times.ifPresent(
        formatter -> put(record, config.timeField.orElseThrow(), formatter.format(time)));
    if (config.convertHashToJson) {
      record.replaceAll((key, value) -> value instanceof Map ? MsgpackToJson.text(value) : value);
    }
    return record;
  }

  private Map<String, Object> renamed(Map<String, Object> record) {
    Map<String, Object> renamed = new LinkedHashMap<>();
    record.forEach(
        (key, value) -> {
          String name = key;
          for (Map.Entry<String, String> each : replacements.entrySet()) {
            name = name.replaceAll(each.getKey(), each.getValue().replaceAll("\\\\(\\d)", "\\$$1"));
          }
          renamed.put(name.replaceAll("\\W", ""), value);
        });
    return renamed;
  }

  @SuppressWarnings("unchecked") // maps of records have text keys
  private static void put(Map<String, Object> record, String path, String text) {
    List<String> keys = Arrays.asList(path.split("\\."));
    Map<String, Object> at = record;
    for (String key : keys.subList(0, keys.size() - 1)) {
      Object inner = at.get(key);
      if (!(inner instanceof Map<?, ?>)) {
        inner = new LinkedHashMap<String, Object>();
        at.put(key, inner);
      }
      at = (Map<String, Object>) inner;
    }
    at.put(keys.getLast(), text);
  }
}
