package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.Doc;
import io.runnel.config.TimeConfig;
import io.runnel.event.EventStream;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import java.util.Optional;

/** Gives fields other types and events another tag (fluent-plugin-typecast). */
public final class TypecastOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("typecast", Config.class, TypecastOutput::new);

  @Doc("Gives fields other types and events another tag.")
  record Config(
      @Doc(
              "Fields and their types, KEY:TYPE with commas between: json, string, integer, float,"
                  + " bool, time, array.")
          String itemTypes,
      @Doc("The format of the type time.") Optional<String> timeFormat,
      @Doc("The new tag.") Optional<String> tag,
      @Doc("Stands, with a dot, in front of the tag where tag is absent.")
          Optional<String> prefix) {
    Config {
      if (tag.isEmpty() && prefix.isEmpty()) {
        throw new ConfigException("typecast: 'prefix' or 'tag' is required");
      }
    }
  }

  private final Config config;
  private final OutputContext context;
  private final Typecast typecast;

  TypecastOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    typecast =
        new Typecast(
            Typecast.types(config.itemTypes),
            TimeConfig.of(config.timeFormat.orElse(null)),
            context.clock());
  }

  @Override
  public void process(String tag, EventStream stream) {
    EventStream changed = typecast.cast(tag, stream, context.emitter());
    if (!changed.isEmpty()) {
      context.emitter().emit(config.tag.orElseGet(() -> config.prefix.get() + "." + tag), changed);
    }
  }
}
