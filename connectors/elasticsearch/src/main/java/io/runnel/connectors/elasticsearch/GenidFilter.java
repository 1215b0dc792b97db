package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.RubyInspect;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.FieldText;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Gives each record an id before it is buffered, so that a repeated delivery writes the same
 * document again instead of a second one.
 */
public final class GenidFilter implements Filter {
  static final PluginType<Config, PluginContext, Filter> ELASTICSEARCH =
      PluginType.filter("elasticsearch_genid", Config.class, GenidFilter::new);
  static final PluginType<Config, PluginContext, Filter> OPENSEARCH =
      PluginType.filter("opensearch_genid", Config.class, GenidFilter::new);

  /** {@code hash_type}. */
  public enum HashType {
    MD5("MD5"),
    SHA1("SHA-1"),
    SHA256("SHA-256"),
    SHA512("SHA-512");

    private final String algorithm;

    HashType(String algorithm) {
      this.algorithm = algorithm;
    }
  }

  @Doc("Adds a field with a unique id, or with a hash of the record, for id_key of the output.")
  public record Config(
      @Doc("The field that gets the id.") @Default("_hash") String hashIdKey,
      @Doc("Hashes the tag too.") @Default("false") boolean includeTagInSeed,
      @Doc("Hashes the time, in whole seconds, too.") @Default("false") boolean includeTimeInSeed,
      @Doc("Hashes fields of the record instead of making a random id.") @Default("false")
          boolean useRecordAsSeed,
      @Doc("Hashes all fields, not those of record_keys.") @Default("false")
          boolean useEntireRecord,
      @Doc("The fields that are hashed.") @Default("") List<String> recordKeys,
      @Doc("Stands between what is hashed.") @Default("_") String separator,
      @Doc("The hash.") @Default("sha1") HashType hashType) {}

  private final Config config;

  GenidFilter(Config config, PluginContext context) {
    this.config = config;
    if (!config.useEntireRecord() && config.recordKeys().isEmpty() && config.useRecordAsSeed()) {
      throw new ConfigException(
          "When using record as hash seed, users must specify `record_keys`.",
          context.element().place());
    }
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    EventBuilder out = new EventBuilder();
    for (Event event : stream.events()) {
      Map<String, Object> record = new LinkedHashMap<>(event.record());
      record.put(config.hashIdKey(), id(tag, event));
      out.add(event.time(), record);
    }
    return out.take();
  }

  private String id(String tag, Event event) {
    byte[] bytes =
        config.useRecordAsSeed()
            ? hash(seed(tag, event))
            : UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private String seed(String tag, Event event) {
    StringBuilder seed = new StringBuilder();
    if (config.includeTagInSeed()) {
      seed.append(tag).append(config.separator());
    }
    if (config.includeTimeInSeed()) {
      seed.append(EventTime.seconds(event.time())).append(config.separator());
    }
    if (config.useEntireRecord()) {
      new TreeMap<>(event.record())
          .forEach((key, value) -> seed.append('|').append(key).append('|').append(text(value)));
    } else {
      seed.append(
          config.recordKeys().stream()
              .map(key -> text(event.record().get(key)))
              .collect(Collectors.joining(config.separator())));
    }
    return seed.toString();
  }

  /** As Ruby's to_s has it. */
  private static String text(Object value) {
    return value instanceof Map || value instanceof List
        ? RubyInspect.of(value)
        : FieldText.of(value);
  }

  private byte[] hash(String seed) {
    try {
      MessageDigest digest = MessageDigest.getInstance(config.hashType().algorithm);
      return digest.digest(seed.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + config.hashType().algorithm, e);
    }
  }
}
