package io.runnel.engine;

import io.runnel.delivery.Delivery;
import io.runnel.log.Log;
import io.runnel.log.Symbol;
import io.runnel.plugin.Input;
import io.runnel.plugin.Plugin;
import io.runnel.plugin.Supervision.Book;
import io.runnel.plugin.Supervision.PluginState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The plugins of one worker. Started in the order outputs, filters, inputs; stopped the other way
 * round, so that whatever was taken in still finds its way out. One thread at a time may call it.
 */
public final class Pipeline {
  private final Services services;
  private final int workerId;
  private final List<Registered> inputs;
  private final List<Registered> filters;
  private final List<Registered> outputs;
  private final Labels labels;
  private final ErrorStream errors;
  private final SourceOnlyRoutes sourceOnly;
  private final Set<Registered> started = new LinkedHashSet<>();
  private final Log log;
  private final boolean verbose;
  private LogPump pump;

  /**
   * @param verbose whether the log lines of start and stop are sent as events, too
   */
  Pipeline(
      Services services,
      int workerId,
      List<Registered> inputs,
      List<Registered> filters,
      List<Registered> outputs,
      Labels labels,
      ErrorStream errors,
      SourceOnlyRoutes sourceOnly,
      boolean verbose) {
    this.services = services;
    this.workerId = workerId;
    this.inputs = List.copyOf(inputs);
    this.filters = List.copyOf(filters);
    this.outputs = List.copyOf(outputs);
    this.labels = labels;
    this.errors = errors;
    this.sourceOnly = sourceOnly;
    this.log = services.log().log(workerId, null, null);
    this.verbose = verbose;
  }

  /**
   * Starts everything, in source-only mode the inputs and their buffer. Where one fails, the others
   * stay as they are: the caller stops them.
   *
   * @throws Exception what the plugin threw
   */
  public void start() throws Exception {
    if (verbose) {
      pump = LogPump.open(services.log(), labels, workerId);
    }
    boolean all = sourceOnly == null || !sourceOnly.isHolding();
    if (sourceOnly != null) {
      sourceOnly.start(log);
    }
    if (all) {
      startOutputs();
    }
    List<Registered> order = new ArrayList<>();
    addInputs(order, true);
    addInputs(order, false);
    start(order);
    if (all) {
      startLate();
    }
  }

  private void startOutputs() throws Exception {
    List<Registered> order = new ArrayList<>(outputs);
    order.addAll(filters);
    start(order);
    if (sourceOnly != null) {
      sourceOnly.release(log);
    }
  }

  private void startLate() {
    if (!verbose) {
      pump = LogPump.open(services.log(), labels, workerId);
    }
    if (pump != null) {
      pump.start();
    }
  }

  /**
   * Leaves source-only mode: starts the other plugins and sends on what the inputs have emitted
   * meanwhile. After a failure it can be called again, and goes on with the plugin that failed.
   *
   * @return false where the pipeline is not in this mode
   * @throws Exception what a plugin threw that could not be started; the mode goes on
   */
  public boolean leaveSourceOnly() throws Exception {
    if (sourceOnly == null || !sourceOnly.isHolding()) {
      return false;
    }
    log.info("cancel with-source-only mode and start the other plugins");
    startOutputs();
    startLate();
    return true;
  }

  private void start(List<Registered> order) throws Exception {
    for (Registered plugin : order) {
      if (!started.add(plugin)) {
        continue;
      }
      try {
        plugin.plugin().start();
        if (plugin.secondary() != null) {
          plugin.secondary().start();
        }
        if (plugin.delivery() != null) {
          plugin.delivery().start();
        }
      } catch (Exception e) {
        started.remove(plugin);
        log.error(
            "failed to start " + plugin.category() + " plugin",
            e,
            "type",
            plugin.type(),
            "plugin_id",
            plugin.id(),
            "at",
            plugin.element().place().toString());
        throw e;
      }
    }
  }

  /** The outputs that may have something in their buffers. */
  private List<Registered> running() {
    if (sourceOnly == null) {
      return outputs;
    }
    List<Registered> all = new ArrayList<>(sourceOnly.outputs());
    if (!sourceOnly.isHolding()) {
      all.addAll(outputs);
    }
    return all;
  }

  private void addInputs(List<Registered> order, boolean early) {
    for (Registered input : inputs) {
      if (((Input) input.plugin()).startsFirst() == early) {
        order.add(input);
      }
    }
  }

  /**
   * Ends the intake: afterwards nothing comes in, and what came in is in the buffers. Side by side,
   * because an input in front of a full buffer waits some seconds.
   */
  private void stopInputs() {
    for (Registered input : inputs) {
      log.info(
          "shutting down input plugin", "type", new Symbol(input.type()), "plugin_id", input.id());
    }
    inParallel(inputs, input -> input.plugin().stop());
  }

  /** Stops everything in order, flushing as the buffers are told to. */
  public void stop() {
    if (pump != null && (!verbose || sourceOnly != null && sourceOnly.isHolding())) {
      pump.close();
    }
    stopInputs();
    List<Registered> running = running();
    List<Registered> reEmitting = running.stream().filter(Registered::reEmits).toList();
    List<Registered> last = running.stream().filter(o -> !o.reEmits()).toList();
    stopOutputs(reEmitting);
    if (sourceOnly == null || !sourceOnly.isHolding()) {
      if (pump != null && verbose) {
        pump.finish();
      }
      each(filters, "shutting down filter plugin", Plugin::stop);
    }
    stopOutputs(last);
    new Books(inputs, filters, running, labels).close(log, errors);
    each(inputs, null, Plugin::close);
    each(filters, null, Plugin::close);
    for (Registered output : outputs) {
      quietly(
          output,
          o -> {
            if (o.delivery() != null) {
              o.delivery().close();
            }
            o.plugin().close();
            if (o.secondary() != null) {
              o.secondary().close();
            }
          });
    }
    if (sourceOnly != null) {
      sourceOnly.close(log);
    }
  }

  /** Outputs flush side by side: a slow one does not keep the others from being flushed. */
  private void stopOutputs(List<Registered> some) {
    for (Registered output : some) {
      log.info(
          "shutting down output plugin",
          "type",
          new Symbol(output.type()),
          "plugin_id",
          output.id());
    }
    inParallel(
        some,
        output -> {
          if (output.delivery() != null) {
            output.delivery().stop();
          }
          output.plugin().stop();
          if (output.secondary() != null) {
            output.secondary().stop();
          }
        });
  }

  private void inParallel(List<Registered> some, Consumer<Registered> action) {
    if (some.size() == 1) {
      quietly(some.getFirst(), action);
      return;
    }
    List<Thread> threads = new ArrayList<>();
    for (Registered plugin : some) {
      threads.add(
          Thread.ofPlatform().name("stop " + plugin.id()).start(() -> quietly(plugin, action)));
    }
    threads.forEach(Pipeline::join);
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void each(List<Registered> plugins, String message, Consumer<Plugin> action) {
    for (Registered plugin : plugins) {
      if (message != null) {
        log.info(message, "type", new Symbol(plugin.type()), "plugin_id", plugin.id());
      }
      quietly(plugin, p -> action.accept(p.plugin()));
    }
  }

  private void quietly(Registered plugin, Consumer<Registered> action) {
    try {
      action.accept(plugin);
    } catch (RuntimeException e) {
      log.error(
          "unexpected error while shutting down",
          e,
          "type",
          plugin.type(),
          "plugin_id",
          plugin.id());
    }
  }

  /** Sends what the buffers hold on its way now. */
  public void flush() {
    for (Registered output : running()) {
      Delivery delivery = output.delivery();
      if (delivery != null) {
        delivery.flushNow();
      }
    }
  }

  /** False where an output cannot deliver any more because a thread of it has died. */
  public boolean isHealthy() {
    return running().stream().allMatch(o -> o.delivery() == null || o.delivery().isHealthy());
  }

  /** What came in and what became of it: sources, routes, filters, outputs. */
  public List<Book> books() {
    return new Books(inputs, filters, running(), labels).pages();
  }

  /** The states of all plugins: inputs, outputs, filters. */
  public List<PluginState> states() {
    List<PluginState> all = new ArrayList<>();
    inputs.forEach(p -> all.add(p.state()));
    outputs.forEach(p -> all.add(p.state()));
    filters.forEach(p -> all.add(p.state()));
    return all;
  }
}
