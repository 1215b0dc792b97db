package io.runnel.connectors.geoip;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigValue;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Obsolete;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The filter {@code geoip} of fluent-plugin-geoip 1.3. Safe for use by several threads. */
final class GeoipFilter implements Filter {
  static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("geoip", Config.class, GeoipFilter::new).legacy(LegacyParameters.INJECT);

  /**
   * Where geoipupdate and packages put it; the gem brings one along, which may not be passed on.
   */
  private static final List<Path> USUAL =
      List.of(
          Path.of("/var/lib/GeoIP/GeoLite2-City.mmdb"),
          Path.of("/usr/share/GeoIP/GeoLite2-City.mmdb"));

  @Doc("Adds places of IP addresses, looked up in a MaxMind database (.mmdb).")
  record Config(
      @Doc("Database of the old format (.dat), which is not read: geoip2_database has to be given.")
          Optional<String> geoipDatabase,
      @Doc(
              "The database; without it GeoLite2-City.mmdb in /var/lib/GeoIP or /usr/share/GeoIP,"
                  + " where geoipupdate puts it.")
          Optional<String> geoip2Database,
      @Doc("Fields with addresses; paths into the record such as $.a.b too.") @Default("host")
          List<String> geoipLookupKeys,
      @Doc("The same, separated by commas.") @Obsolete("Use geoip_lookup_keys instead")
          Optional<String> geoipLookupKey,
      @Doc("Leaves a record alone for which the first placeholder stands for nothing.")
          @Default("false")
          boolean skipAddingNullRecord,
      @Doc(
              "Names of the placeholders: paths into the data (geoip2_c), or those of the old"
                  + " libraries. One reader serves all three.")
          @Default("geoip2_c")
          Backend backendLibrary,
      @Doc("The new fields; values may hold placeholders such as ${country.iso_code[\"host\"]}.")
          List<ConfigElement> record,
      @Doc("Adds the host, the tag or the time.") Optional<InjectConfig> inject) {}

  private final Config config;
  private final PluginContext context;
  private final Map<String, RecordAccessor> lookups = new LinkedHashMap<>();
  private final List<Placeholder> placeholders = new ArrayList<>();
  private final Map<String, RecordValue> fields = new LinkedHashMap<>();
  private final Injector injector;
  private PlaceDatabase database;

  GeoipFilter(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    checkObsolete();
    config
        .geoipLookupKey
        .map(keys -> List.of(keys.strip().split("\\s*,\\s*")))
        .orElse(config.geoipLookupKeys)
        .forEach(this::addLookup);
    for (ConfigElement section : config.record) {
      section.parameters().forEach((key, value) -> addField(section, key, value));
    }
    this.injector = Injector.of(config.inject, context);
  }

  private void checkObsolete() {
    ConfigElement element = context.element();
    for (String key : element.parameters().keySet()) {
      if (key.startsWith("enable_key_")) {
        throw new ConfigException(
            "geoip: 'enable_key_*' config format is obsoleted. use <record></record> directive"
                + " instead.",
            element.placeOf(key));
      }
    }
    if (config.geoipDatabase.isPresent()
        && config.geoip2Database.isEmpty()
        && config.backendLibrary == Backend.GEOIP) {
      throw new ConfigException(
          "geoip_database: the legacy format (.dat) is not supported, and MaxMind has ended it:"
              + " give geoip2_database the path of a GeoLite2-City.mmdb or GeoIP2-City.mmdb"
              + " (the placeholders may stay as they are)",
          element.placeOf("geoip_database"));
    }
  }

  private void addLookup(String key) {
    if (key.contains(".") && !key.startsWith("$")) {
      context.log().warn(key + " is not treated as nested attributes");
    }
    try {
      lookups.put(key, RecordAccessor.of(key));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), context.element().placeOf("geoip_lookup_keys"), e);
    }
  }

  private void addField(ConfigElement section, String key, ConfigValue value) {
    section.markUsed(key);
    try {
      fields.put(key, RecordValue.compile(value.text(), this::number));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), section.placeOf(key), e);
    }
  }

  /** The number of a placeholder; a new one for a new one. */
  private int number(String text) {
    for (int i = 0; i < placeholders.size(); i++) {
      if (placeholders.get(i).text().equals(text)) {
        return i;
      }
    }
    Placeholder placeholder = Placeholder.parse(text, config.backendLibrary);
    if (!lookups.containsKey(placeholder.lookup())) {
      context.log().warn(text + " is always nil: geoip_lookup_keys does not have its field");
    } else if (placeholder.path() == null) {
      context.log().warn(text + " is always nil: GeoIP2 databases do not have it");
    }
    placeholders.add(placeholder);
    return placeholders.size() - 1;
  }

  @Override
  public void start() throws IOException {
    Path file = config.geoip2Database.map(Path::of).orElseGet(this::usual);
    try {
      database = new PlaceDatabase(file);
    } catch (IOException e) {
      throw new ConfigException(
          "geoip2_database " + file + " cannot be read: " + e.getMessage(),
          context.element().placeOf("geoip2_database"),
          e);
    }
  }

  private Path usual() {
    return USUAL.stream()
        .filter(Files::isReadable)
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    "geoip2_database is not given, and there is none of "
                        + USUAL
                        + ": databases come from MaxMind (geoipupdate), not with Runnel",
                    context.element().place()));
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    EventBuilder out = new EventBuilder();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      try {
        out.add(cursor.time(), withPlaces(cursor.record()));
      } catch (IOException | RuntimeException e) {
        out.rollback();
        context.emitter().emitError(tag, cursor.time(), cursor.record(), e);
      }
    }
    return injector.inject(tag, out.take());
  }

  private Map<String, Object> withPlaces(Map<String, Object> record) throws IOException {
    Map<String, Map<String, Object>> found = new LinkedHashMap<>();
    for (Map.Entry<String, RecordAccessor> lookup : lookups.entrySet()) {
      if (lookup.getValue().get(record) instanceof String address) {
        if (address.isEmpty()) {
          context.log().warn(lookup.getKey() + " is empty string");
        } else {
          found.put(lookup.getKey(), database.find(address));
        }
      }
    }
    Object[] values = new Object[placeholders.size()];
    Object first = null;
    boolean any = false;
    for (int i = 0; i < values.length; i++) {
      Map<String, Object> data = found.get(placeholders.get(i).lookup());
      if (data != null) {
        values[i] = placeholders.get(i).value(data);
        first = any ? first : values[i];
        any = true;
      }
    }
    if (!config.skipAddingNullRecord || first != null) {
      fields.forEach((key, value) -> record.put(key, value.of(values)));
    }
    return record;
  }

  @Override
  public void close() {
    if (database == null) {
      return;
    }
    try {
      database.close();
    } catch (IOException e) {
      context.log().warn("geoip2_database was not closed", e);
    }
  }
}
