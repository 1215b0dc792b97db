package io.runnel.plugins.output;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Name;
import io.runnel.config.Obsolete;
import io.runnel.config.PluginSection;
import io.runnel.config.Required;
import io.runnel.event.EventStream;
import io.runnel.plugin.EventSink;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Gives the events to each of several outputs, in order. */
public final class CopyOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("copy", Config.class, CopyOutput::new);

  private static final String IGNORE_ERROR = "ignore_error";
  private static final String IGNORE_IF_PREV_SUCCESS = "ignore_if_prev_success";

  /**
   * {@code copy_mode}. Events are immutable here, so that no mode copies anything; all but {@code
   * no_copy} decode the records anew for each store.
   */
  public enum CopyMode {
    NO_COPY,
    SHALLOW,
    DEEP,
    MARSHAL
  }

  @Doc("Copies events to several outputs.")
  public record Config(
      @Doc("The same as copy_mode shallow.")
          @Obsolete("use 'copy_mode' parameter instead")
          @Default("false")
          boolean deepCopy,
      @Doc("What the stores share of a record.") @Default("no_copy") CopyMode copyMode,
      @Doc("One output; the argument may be ignore_error and ignore_if_prev_success.")
          @Name("store")
          @Required
          List<PluginSection> stores) {}

  private record Store(EventSink sink, boolean ignoreError, boolean ignoreIfPrevSuccess) {}

  private final OutputContext context;
  private final boolean separate;
  private final List<Store> stores = new ArrayList<>();

  CopyOutput(Config config, OutputContext context) {
    this.context = context;
    this.separate = config.deepCopy() || config.copyMode() != CopyMode.NO_COPY;
    for (PluginSection section : config.stores()) {
      stores.add(store(section.element()));
    }
    if (stores.stream().allMatch(Store::ignoreError)
        && stores.stream().anyMatch(Store::ignoreIfPrevSuccess)) {
      context
          .log()
          .warn(
              "ignore_errors are specified in all <store>, but ignore_if_prev_success is"
                  + " specified. Is this intended?");
    }
  }

  private Store store(ConfigElement element) {
    Set<String> arguments = Set.of(uniqueWords(element.argument()));
    for (String argument : arguments) {
      if (!argument.equals(IGNORE_ERROR) && !argument.equals(IGNORE_IF_PREV_SUCCESS)) {
        context.log().warn("unknown argument of <store> is ignored", "argument", argument);
      }
    }
    boolean ifPrev = arguments.contains(IGNORE_IF_PREV_SUCCESS);
    if (ifPrev && stores.isEmpty()) {
      throw new ConfigException(
          "ignore_if_prev_success must specify 2nd or later <store> directives", element.place());
    }
    return new Store(makeStore(context, element), arguments.contains(IGNORE_ERROR), ifPrev);
  }

  private static String[] uniqueWords(String text) {
    return text.isBlank()
        ? new String[0]
        : Arrays.stream(text.trim().split("[\\s,]+")).distinct().toArray(String[]::new);
  }

  /** Makes the output of a {@code <store>}; shared with roundrobin. */
  static EventSink makeStore(OutputContext context, ConfigElement element) {
    if (element.type() == null) {
      throw new ConfigException("Missing '@type' parameter in <store> section", element.place());
    }
    return context.store(element);
  }

  @Override
  public void process(String tag, EventStream stream) {
    boolean previousSucceeded = false;
    for (Store store : stores) {
      if (store.ignoreIfPrevSuccess() && previousSucceeded) {
        context.log().debug("ignore copy because prev_success in " + store.sink().id());
        previousSucceeded = false;
        continue;
      }
      try {
        store.sink().emit(tag, separate ? undecoded(stream) : stream);
        previousSucceeded = true;
      } catch (RuntimeException e) {
        if (!store.ignoreError()) {
          throw e;
        }
        previousSucceeded = false;
        context.log().error("ignore emit error in " + store.sink().id(), e);
      }
    }
  }

  private static EventStream undecoded(EventStream stream) {
    return stream.view();
  }
}
