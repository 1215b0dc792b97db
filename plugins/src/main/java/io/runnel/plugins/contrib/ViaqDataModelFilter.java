package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.plugin.Filter;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.FieldText;
import io.runnel.regexp.RegexpTimeoutException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Brings records into ViaQ's data model (fluent-plugin-viaq_data_model). */
public final class ViaqDataModelFilter implements Filter {
  public static final PluginType<ViaqConfig.Config, PluginContext, Filter> TYPE =
      PluginType.filter("viaq_data_model", ViaqConfig.Config.class, ViaqDataModelFilter::new);

  private static final Path HOST_FILE = Path.of("/etc/docker-hostname");
  private static final String DOTS_STAY = "UNUSED";
  private static final long LARGEST_SEQUENCE = 0xffff_ffffL;

  private final ViaqConfig.Config config;
  private final PluginContext context;
  private final Map<String, String> environment;
  private final ViaqFormatters formatters;
  private final ViaqIndexNames indexNames;
  private final Set<String> known = new LinkedHashSet<>();
  private final AtomicLong sequence = new AtomicLong();

  ViaqDataModelFilter(ViaqConfig.Config config, PluginContext context) {
    this(config, context, System.getenv(), HOST_FILE);
  }

  /**
   * @param environment NODE_NAME, IPADDR4, IPADDR6, FLUENTD_VERSION, DATA_VERSION and
   *     OPENSHIFT_CLUSTER_ID are read
   * @param hostFile its first line is the host's name
   */
  ViaqDataModelFilter(
      ViaqConfig.Config config,
      PluginContext context,
      Map<String, String> environment,
      Path hostFile) {
    this.config = config;
    this.context = context;
    this.environment = environment;
    known.addAll(config.defaultKeepFields());
    known.addAll(config.extraKeepFields());
    known.addAll(config.keepEmptyFields());
    if (config.useUndefined() && known.contains(config.undefinedName())) {
      throw new ConfigException(
          "Do not put [" + config.undefinedName() + "] in default_keep_fields or extra_keep_fields",
          context.element().place());
    }
    if (config.renameTime() && config.useUndefined() && !known.contains(config.srcTimeName())) {
      throw new ConfigException(
          "Field ["
              + config.srcTimeName()
              + "] must be listed in default_keep_fields or extra_keep_fields",
          context.element().place());
    }
    formatters = new ViaqFormatters(config, context, host(hostFile));
    indexNames = new ViaqIndexNames(config, context);
  }

  private String host(Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      if (line != null) {
        return line.stripTrailing();
      }
    } catch (IOException e) {
      // the usual case: there is no such file
    }
    return environment.get("NODE_NAME");
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    ViaqConfig.Formatter formatter = formatters.of(tag);
    ViaqConfig.IndexName indexName = indexNames.of(tag);
    EventBuilder out = new EventBuilder();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      Map<String, Object> record = cursor.record();
      try {
        if (formatter != null) {
          formatters.format(formatter, cursor.time(), record);
        }
        change(tag, cursor.time(), record);
        if (indexName != null) {
          indexNames.add(indexName, record);
        }
        out.add(cursor.time(), record);
      } catch (ParseException | RegexpTimeoutException e) {
        context.emitter().emitError(tag, cursor.time(), cursor.record(), e);
      }
    }
    return out.take();
  }

  private void change(String tag, long time, Map<String, Object> record) {
    addMetadata(record);
    if (config.enableOpenshiftModel()) {
      addOpenshift(record);
    }
    labels(record);
    undefinedFields(record);
    if (config.enablePruneEmptyFields()) {
      prune(record);
    }
    if (record.isEmpty()) {
      context
          .log()
          .warn("Empty record! tag [%s] time [%d]".formatted(tag, EventTime.seconds(time)));
    }
    if ((config.renameTime() || config.renameTimeIfMissing())
        && record.containsKey(config.srcTimeName())) {
      Object value = record.remove(config.srcTimeName());
      if (!config.renameTimeIfMissing() || !record.containsKey(config.destTimeName())) {
        record.put(config.destTimeName(), value);
      }
    }
  }

  private void addMetadata(Map<String, Object> record) {
    Map<String, Object> metadata = formatters.metadata(record);
    metadata.put("ipaddr4", environment.getOrDefault("IPADDR4", "127.0.0.1"));
    String six = environment.getOrDefault("IPADDR6", "");
    if (!six.isEmpty()) {
      metadata.put("ipaddr6", six);
    }
    metadata.put("inputname", "fluent-plugin-systemd");
    metadata.put("name", "fluentd");
    metadata.put("received_at", formatters.text(context.clock().eventTime()));
    metadata.put(
        "version",
        environment.getOrDefault("FLUENTD_VERSION", "unknown fluentd version")
            + " "
            + environment.getOrDefault("DATA_VERSION", "unknown data version"));
  }

  private void addOpenshift(Map<String, Object> record) {
    Map<String, Object> openshift = ViaqRecord.mapOrNew(record, "openshift");
    if (openshift.get("sequence") == null) {
      openshift.put("sequence", sequence.updateAndGet(n -> n >= LARGEST_SEQUENCE ? 1 : n + 1));
    }
    String cluster = environment.get("OPENSHIFT_CLUSTER_ID");
    if (cluster != null) {
      openshift.put("cluster_id", cluster);
    }
  }

  private void labels(Map<String, Object> record) {
    Map<String, Object> kubernetes = ViaqRecord.map(record, "kubernetes");
    Map<String, Object> labels = kubernetes == null ? null : ViaqRecord.map(kubernetes, "labels");
    if (labels == null) {
      return;
    }
    if (config.enableFlattenLabels()) {
      List<Object> flat = new ArrayList<>();
      labels.forEach((key, value) -> flat.add(key + "=" + FieldText.of(value)));
      kubernetes.put("flat_labels", flat);
    }
    if (config.enablePruneLabels()) {
      labels.keySet().retainAll(config.pruneLabelsExclusions());
      if (labels.isEmpty()) {
        kubernetes.remove("labels");
      }
    }
  }

  private void undefinedFields(Map<String, Object> record) {
    boolean dots = !config.undefinedDotReplaceChar().equals(DOTS_STAY);
    int most = config.undefinedMaxNumFields();
    if (!config.undefinedToString() && !config.useUndefined() && !dots && most < 0) {
      return;
    }
    List<String> keys = new ArrayList<>(record.keySet());
    keys.removeAll(known);
    if (keys.isEmpty()) {
      return;
    }
    Map<String, Object> undefined = new LinkedHashMap<>();
    if (most >= 0 && keys.size() > most) {
      keys.forEach(key -> undefined.put(key, record.remove(key)));
      record.put(config.undefinedName(), Json.write(undefined));
      return;
    }
    Map<String, Object> target = config.useUndefined() ? undefined : record;
    for (String key : keys) {
      Object value = record.get(key);
      String name = dots ? key.replace(".", config.undefinedDotReplaceChar()) : key;
      if (config.undefinedToString() && !(value instanceof String)) {
        value = Json.write(value);
      }
      if (target == undefined || !name.equals(key)) {
        record.remove(key);
      }
      target.put(name, value);
    }
    if (target == undefined) {
      record.put(config.undefinedName(), undefined);
    }
  }

  private void prune(Map<String, Object> record) {
    record
        .entrySet()
        .removeIf(
            field -> {
              if (config.keepEmptyFields().contains(field.getKey())) {
                return false;
              }
              Object rest = ViaqRecord.pruned(field.getValue());
              field.setValue(rest);
              return ViaqRecord.isEmpty(rest);
            });
  }
}
