package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.PluginSection;
import io.runnel.event.EventStream;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.Filter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.plugins.common.TagPrefixes;
import io.runnel.plugins.filter.ParserFilter;
import java.util.Optional;

/** The output of fluent-plugin-parser: the filter parser, and another tag behind it. */
public final class ParserOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("parser", Config.class, ParserOutput::new).legacy(LegacyParameters.PARSE);

  @Doc("Parses one field of each record and emits it with another tag.")
  record Config(
      @Doc("The new tag.") Optional<String> tag,
      @Doc("Is cut off in front of the tags.") Optional<String> removePrefix,
      @Doc("Goes in front of the tags, with a dot.") Optional<String> addPrefix,
      @Doc("The field; a path into the record such as $.a.b too.") String keyName,
      @Doc("Keeps the other fields.") @Default("false") boolean reserveData,
      @Doc("Keeps the time of the event.") @Default("false") boolean reserveTime,
      @Doc("Stands in front of each parsed key.") Optional<String> injectKeyPrefix,
      @Doc("Replaces bytes that are no UTF-8 with ?.") @Default("false")
          boolean replaceInvalidSequence,
      @Doc("Field under which what was parsed is put as a map.") Optional<String> hashValueField,
      @Doc("Has no effect: what does not parse goes to the error stream.") @Default("false")
          boolean suppressParseErrorLog,
      @Doc("How the field is read.") PluginSection parse) {}

  private final Config config;
  private final Emitter emitter;
  private final Filter parser;

  ParserOutput(Config config, OutputContext context) {
    this.config = config;
    this.emitter = context.emitter();
    if (config.tag.isEmpty() && config.removePrefix.isEmpty() && config.addPrefix.isEmpty()) {
      throw new ConfigException(
          "missing both of remove_prefix and add_prefix", context.element().place());
    }
    parser = SecureForward.create(ParserFilter.TYPE, context.element(), context);
  }

  @Override
  public void start() throws Exception {
    parser.start();
  }

  @Override
  public void process(String tag, EventStream stream) throws Exception {
    EventStream parsed = parser.filter(tag, stream);
    if (!parsed.isEmpty()) {
      emitter.emit(config.tag.orElseGet(() -> prefixed(tag)), parsed);
    }
  }

  private String prefixed(String tag) {
    return TagPrefixes.changed(
        tag, config.removePrefix.orElse(null), config.addPrefix.orElse(null));
  }

  @Override
  public void stop() {
    parser.stop();
  }

  @Override
  public void close() {
    parser.close();
  }
}
