package io.runnel.plugins.output;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigValue;
import io.runnel.config.Doc;
import io.runnel.config.Name;
import io.runnel.config.PluginSection;
import io.runnel.config.Required;
import io.runnel.event.EventStream;
import io.runnel.plugin.EventSink;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import java.util.ArrayList;
import java.util.List;

/** Gives each batch of events to one of several outputs, in turn. */
public final class RoundrobinOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("roundrobin", Config.class, RoundrobinOutput::new);

  @Doc("Spreads batches of events over several outputs.")
  public record Config(
      @Doc("One output; its parameter weight (1) says how often it gets a turn.")
          @Name("store")
          @Required
          List<PluginSection> stores) {}

  private final WeightedRoundRobin<EventSink> turns;

  RoundrobinOutput(Config config, OutputContext context) {
    List<EventSink> sinks = new ArrayList<>();
    List<Integer> weights = new ArrayList<>();
    for (PluginSection section : config.stores()) {
      weights.add(weight(section.element()));
      sinks.add(CopyOutput.makeStore(context, withoutWeight(section.element())));
    }
    turns = new WeightedRoundRobin<>(sinks, weights);
    if (turns.isEmpty()) {
      throw new ConfigException("all <store> sections have weight 0", context.element().place());
    }
  }

  /** The weight is ours: the store's plugin must not see it. */
  private static ConfigElement withoutWeight(ConfigElement store) {
    ConfigElement rest = store.copy();
    rest.remove("weight");
    store.markAllUsed();
    return rest;
  }

  private static int weight(ConfigElement store) {
    String text = store.take("weight").map(ConfigValue::text).orElse(null);
    if (text == null) {
      return 1;
    }
    try {
      return Integer.parseInt(text.trim());
    } catch (NumberFormatException e) {
      throw new ConfigException(
          "weight: invalid value for Integer(): \"" + text + "\"", store.placeOf("weight"), e);
    }
  }

  @Override
  public void process(String tag, EventStream stream) {
    turns.next().emit(tag, stream);
  }
}
