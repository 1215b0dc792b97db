package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.plugins.filter.RubyTimes;
import io.runnel.plugins.filter.TagValues;
import io.runnel.ruby.RubyHost;
import io.runnel.ruby.RubyTime;
import io.runnel.time.Zone;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Gives events another tag and other fields (fluent-plugin-record-reformer). */
public final class RecordReformerOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("record_reformer", Config.class, RecordReformerOutput::new);

  private static final Set<String> OWN =
      Set.of(
          "tag",
          "output_tag",
          "remove_keys",
          "keep_keys",
          "renew_record",
          "renew_time_key",
          "enable_ruby",
          "auto_typecast");

  @Doc("Gives events another tag, and adds and removes fields; values hold placeholders.")
  record Config(
      @Doc("The new tag; may hold placeholders.") Optional<String> tag,
      @Doc("The older name of tag.") Optional<String> outputTag,
      @Doc("Fields that are removed, with commas between them.") Optional<String> removeKeys,
      @Doc("Fields that are kept where renew_record is true, with commas between them.")
          Optional<String> keepKeys,
      @Doc("Starts from an empty record.") @Default("false") boolean renewRecord,
      @Doc("Field whose value, in seconds since the epoch, becomes the time of the event.")
          Optional<String> renewTimeKey,
      @Doc("Placeholders are expressions of Ruby.") @Default("true") boolean enableRuby,
      @Doc("A value that is one placeholder keeps the type of what it stands for.")
          @Default("false")
          boolean autoTypecast,
      @Doc("The new fields; values may hold placeholders.") List<ConfigElement> record) {}

  private final Config config;
  private final OutputContext context;
  private final RubyHost host;
  private final Zone zone;
  private final Template tag;
  private final Map<Template, Template> fields = new LinkedHashMap<>();
  private final List<String> removed;
  private final List<String> kept;
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  RecordReformerOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    zone = Zone.of(context.zone());
    host = new RubyHost(System.getenv(), context.clock(), zone);
    if (config.tag.isEmpty() && config.outputTag.isPresent()) {
      context
          .log()
          .warn("out_record_reformer: `output_tag` is deprecated. Use `tag` option instead.");
    }
    String newTag =
        config
            .tag
            .or(() -> config.outputTag)
            .orElseThrow(
                () ->
                    new ConfigException(
                        "out_record_reformer: `tag` must be specified", context.element().place()));
    tag = compile(newTag, false);
    removed = config.removeKeys.map(Csv::split).orElse(List.of());
    kept = config.keepKeys.map(Csv::split).orElse(List.of());
    if (!kept.isEmpty() && !config.renewRecord) {
      throw new ConfigException(
          "out_record_reformer: `renew_record` must be true to use `keep_keys`",
          context.element().placeOf("keep_keys"));
    }
    FlatFields.of(context.element(), OWN)
        .forEach(
            (key, text) ->
                fields.put(
                    compile(key, false),
                    Template.structured(text, inner -> compile(inner, config.autoTypecast))));
  }

  private Template compile(String text, boolean keepType) {
    return config.enableRuby
        ? Template.ruby(text, keepType, context.element().place())
        : new PlainTemplate(text, keepType, this::unknown);
  }

  /** Warns once for each placeholder: a field that is often missing would fill the log. */
  private void unknown(String placeholder) {
    if (warned.add(placeholder)) {
      context.log().warn("record_reformer: unknown placeholder `" + placeholder + "` found");
    }
  }

  @Override
  public void process(String oldTag, EventStream stream) {
    TagValues values = TagValues.of(oldTag);
    Map<String, EventBuilder> byTag = new LinkedHashMap<>();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      Map<String, Object> record = cursor.record();
      TemplateEvent event =
          new TemplateEvent(
              values,
              RubyTime.of(cursor.time(), zone),
              record,
              context.system().hostname(),
              host,
              true);
      try {
        Map<String, Object> reformed = reform(event);
        long time = cursor.time();
        if (config.renewTimeKey.isPresent() && reformed.containsKey(config.renewTimeKey.get())) {
          time = RubyTimes.seconds(reformed.get(config.renewTimeKey.get()));
        }
        byTag.computeIfAbsent(tag.text(event), ignored -> new EventBuilder()).add(time, reformed);
      } catch (RuntimeException e) {
        context.emitter().emitError(oldTag, cursor.time(), cursor.record(), e);
      }
    }
    byTag.forEach((newTag, events) -> context.emitter().emit(newTag, events.take()));
  }

  private Map<String, Object> reform(TemplateEvent event) {
    Map<String, Object> reformed = new LinkedHashMap<>();
    if (!config.renewRecord) {
      reformed.putAll(event.record());
    }
    kept.forEach(key -> reformed.put(key, event.record().get(key))); // null for an absent one
    fields.forEach((key, value) -> reformed.put(key.text(event), value.value(event)));
    removed.forEach(reformed::remove);
    return reformed;
  }
}
