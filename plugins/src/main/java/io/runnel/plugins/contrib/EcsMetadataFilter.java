package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.Json;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.regexp.Regexp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Adds what the ECS agent knows of a container (fluent-plugin-ecs-metadata-filter). */
public final class EcsMetadataFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("ecs_metadata", Config.class, EcsMetadataFilter::new)
          .aliases("ecs_metadata_filter");

  private static final String GROUP = "docker_id";
  private static final String TAG =
      "var\\.lib\\.docker\\.containers\\.(?<docker_id>[a-z0-9]{64})\\.[a-z0-9]{64}-json.log$";

  /** How long an agent that does not answer is left alone: events wait for it meanwhile. */
  private static final long PAUSE_SECONDS = 10;

  @Doc("Adds the task, the cluster and more of the container that a record is of, on Amazon ECS.")
  record Config(
      @Doc("Containers that are remembered.") @Default("1000") int cacheSize,
      @Doc("Seconds that they are remembered; less than 0: for ever.") @Default("3600")
          int cacheTtl,
      @Doc("Puts the fields of the JSON object in the field log into the record.") @Default("true")
          boolean mergeJsonLog,
      @Doc("The field that gets them as a map; empty: they become fields of the record.")
          @Default("ecs")
          String fieldsKey,
      @Doc("What is added.") @Default("docker_name,family,cluster,name") List<String> fields,
      @Doc("Finds the container's id in the tag, as the group docker_id.") @Default(TAG)
          Regexp tagRegexp,
      @Doc("Where the agent is; not in the gem.") @Default("http://localhost:51678/v1")
          String agentUrl) {}

  /** What is known of an id; null fields for one that the agent does not know. */
  private record Known(Map<String, Object> fields, long nanos) {}

  private final Config config;
  private final PluginContext context;
  private final EcsAgent agent;
  private final Map<String, Known> cache =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > config.cacheSize;
        }
      };
  private boolean failed;
  private long failedNanos;

  EcsMetadataFilter(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    for (String field : config.fields) {
      if (!EcsAgent.FIELDS.contains(field)) {
        throw new ConfigException(
            "Invalid field: '" + field + "', there are " + String.join(", ", EcsAgent.FIELDS),
            context.element().placeOf("fields"));
      }
    }
    if (config.tagRegexp.group(GROUP) < 0) {
      throw new ConfigException(
          "tag_regexp has no group docker_id: (?<docker_id>…)",
          context.element().placeOf("tag_regexp"));
    }
    agent = new EcsAgent(config.agentUrl, context);
  }

  @Override
  public void start() {
    agent.start();
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    String id = id(tag);
    Map<String, Object> fields = id == null ? null : find(id);
    if (fields == null) {
      return stream;
    }
    EventBuilder out = new EventBuilder();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      Map<String, Object> record = cursor.record();
      if (config.mergeJsonLog) {
        record = merged(record);
      }
      if (config.fieldsKey.isEmpty()) {
        record.putAll(fields);
      } else {
        record.put(config.fieldsKey, fields);
      }
      out.add(cursor.time(), record);
    }
    return out.take();
  }

  private String id(String tag) {
    byte[] text = tag.getBytes(StandardCharsets.UTF_8);
    int[] places = config.tagRegexp.search(text, 0, text.length, 0);
    int group = 2 * config.tagRegexp.group(GROUP);
    return places == null || places[group] < 0
        ? null
        : new String(
            text, places[group], places[group + 1] - places[group], StandardCharsets.UTF_8);
  }

  /** The record's own fields go before those of the JSON object. */
  private Map<String, Object> merged(Map<String, Object> record) {
    if (!(record.get("log") instanceof String log) || !log.startsWith("{") || !log.endsWith("}")) {
      return record;
    }
    try {
      Map<String, Object> result = new LinkedHashMap<>();
      if (Json.parse(log) instanceof Map<?, ?> map) {
        map.forEach((key, value) -> result.put(String.valueOf(key), value));
      }
      result.putAll(record);
      result.remove("log");
      return result;
    } catch (IllegalArgumentException e) {
      context.log().error("ecs_metadata: the field log is no JSON", e);
      return record;
    }
  }

  /** What is to be added for a container; null where the agent does not know it. */
  private synchronized Map<String, Object> find(String id) {
    long now = context.clock().nanos();
    Known known = cache.get(id);
    if (known != null && !isOld(known, now)) {
      return known.fields;
    }
    if (failed && now - failedNanos < TimeUnit.SECONDS.toNanos(PAUSE_SECONDS)) {
      return null;
    }
    try {
      Map<String, Map<String, Object>> all = agent.containers();
      failed = false;
      all.forEach((each, fields) -> cache.put(each, new Known(chosen(fields), now)));
      Known asked = new Known(all.containsKey(id) ? chosen(all.get(id)) : null, now);
      cache.put(id, asked);
      return asked.fields;
    } catch (IOException e) {
      failed = true;
      failedNanos = now;
      context.log().error("the ECS agent cannot be asked", e, "url", config.agentUrl);
      return null;
    }
  }

  private boolean isOld(Known known, long now) {
    return config.cacheTtl >= 0 && now - known.nanos >= TimeUnit.SECONDS.toNanos(config.cacheTtl);
  }

  private Map<String, Object> chosen(Map<String, Object> fields) {
    Map<String, Object> chosen = new LinkedHashMap<>();
    config.fields.forEach(field -> chosen.put(field, fields.get(field)));
    return chosen;
  }

  @Override
  public void stop() {
    agent.stop();
  }

  @Override
  public void close() {
    agent.close();
  }
}
