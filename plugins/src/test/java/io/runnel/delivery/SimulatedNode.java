package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.buffer.MessageMemory;
import io.runnel.buffer.PendingSync;
import io.runnel.config.ConfigElement;
import io.runnel.config.Place;
import io.runnel.config.Problems;
import io.runnel.event.EventStream;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.SystemSettings;
import io.runnel.testkit.FaultyDisk;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * One machine of a simulation: a disk, a clock, and a process with one buffered output. All that
 * the process does, it does in the one thread of its own.
 */
final class SimulatedNode implements AutoCloseable {
  /** The process or the machine has ended, as the test wanted. */
  static final class Crash extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private final Random random;
  private final BufferedOutput output;
  private final BufferSettings settings;
  private ExecutorService thread = Executors.newSingleThreadExecutor();
  final ManualClock clock = ManualClock.standard();
  final FaultyDisk disk;
  private final List<String> said = new ArrayList<>();
  private TestContext context;
  private Delivery delivery;
  private boolean crashed;
  private boolean lostPower;

  SimulatedNode(Random random, BufferedOutput output) throws Exception {
    this.random = random;
    this.output = output;
    this.disk = new FaultyDisk(random, clock);
    ConfigElement match = new ConfigElement("match", "**", Place.NONE);
    String[] keys = {"tag", "[]"};
    ConfigElement buffer = new ConfigElement("buffer", keys[random.nextInt(2)], Place.NONE);
    buffer.set("@type", "file");
    buffer.set("path", "/data/buf");
    buffer.set("chunk_limit_size", random.nextBoolean() ? "400" : "4000");
    buffer.set("retry_forever", "true");
    buffer.set("flush_mode", random.nextBoolean() ? "interval" : "immediate");
    buffer.set("compress", random.nextInt(4) == 0 ? "gzip" : "text");
    match.add(buffer);
    settings = BufferSettings.resolve(match, BufferDefaults.none(), true, new Problems());
    in(() -> open(new MessageMemory(clock)));
  }

  /** What is done in the thread of the process. */
  interface Step {
    void run() throws Exception;
  }

  /**
   * Runs a step in the process.
   *
   * @throws Crash where the process ended in it
   */
  void in(Step step) throws Exception {
    Callable<Void> task =
        () -> {
          step.run();
          return null;
        };
    try {
      thread.submit(task).get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case FaultyDisk.Stopped stopped -> throw new Crash();
        case Exception failure -> throw failure;
        case Error error -> throw error;
        default -> throw e;
      }
    }
  }

  private void open(MessageMemory messages) throws IOException {
    SystemSettings system =
        new SystemSettings(
            "sim",
            "sim.conf",
            Optional.of(Path.of("/data/root")),
            Path.of("/data/backup"),
            Optional.empty(),
            Optional.empty(),
            false,
            "host");
    if (context != null) {
      said.addAll(context.log().texts());
    }
    context =
        new TestContext().clock(clock).random(random).id("sim").system(system).messages(messages);
    delivery = new Delivery(settings, output, null, context, disk);
    delivery.startWithoutThreads();
  }

  Delivery delivery() {
    return delivery;
  }

  TestContext context() {
    return context;
  }

  /** What all its processes have said. */
  List<String> log() {
    List<String> all = new ArrayList<>(said);
    all.addAll(context.log().texts());
    return all;
  }

  boolean hasCrashed() {
    return crashed;
  }

  boolean hasLostPower() {
    return lostPower;
  }

  /** Another configuration takes over within the process. */
  void reload() throws Exception {
    in(
        () -> {
          delivery.buffer().close();
          context.close();
          open(context.messages()); // it is the process's
        });
  }

  /** The process, or the machine, ends and begins again. */
  void restart(boolean power) throws Exception {
    crashed = true;
    lostPower |= power;
    disk.stopAfter(Long.MAX_VALUE);
    disk.space(Long.MAX_VALUE);
    disk.lieSyncs(0);
    if (power) {
      disk.powerFails();
    } else {
      disk.processEnds();
    }
    thread.shutdownNow(); // with all that it remembers
    thread = Executors.newSingleThreadExecutor();
    in(() -> open(new MessageMemory(clock)));
  }

  /** Delivers some of what is there. */
  void flush(int chunks) throws Exception {
    in(
        () -> {
          delivery.enqueuer().step();
          for (int i = 0; i < chunks && delivery.flusher().waitMillis() == 0; i++) {
            delivery.flusher().flushOne();
          }
        });
  }

  /** Tries once to deliver each chunk that is there. */
  void drain() throws Exception {
    in(
        () -> {
          clock.advanceMillis(100_000);
          delivery.flushNow();
          for (long left = delivery.buffer().records(); left > 0; left--) {
            if (!delivery.flusher().flushOne()) {
              return;
            }
          }
        });
  }

  boolean isEmpty() {
    return delivery.buffer().records() == 0;
  }

  void checkBooks() {
    Map<String, Long> m = context.metrics().snapshot();
    long in = m.get("stored_records") + m.get("resumed_records");
    long out =
        m.get("delivered_records")
            + m.get("buffered_records")
            + m.get("dropped_unrecoverable_records")
            + m.get("dropped_damaged_records");
    assertThat(out).as("books: %s", m).isEqualTo(in);
  }

  /** The context of an input of this process: what it emits goes to the output. */
  PluginContext inputContext() {
    Emitter emitter =
        new Emitter() {
          @Override
          public void emit(String tag, EventStream stream) {
            delivery.emit(tag, stream);
          }

          @Override
          public void commit() {
            try {
              PendingSync.awaitAll();
            } catch (IOException e) {
              throw new EmitException(e.getMessage(), e);
            }
          }

          @Override
          public void emitError(
              String tag, long time, Map<String, Object> record, Throwable error) {
            throw new AssertionError("no event is wrong", error);
          }
        };
    return (PluginContext)
        Proxy.newProxyInstance(
            PluginContext.class.getClassLoader(),
            new Class<?>[] {PluginContext.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("emitter") && method.getParameterCount() == 0) {
                return emitter;
              }
              try {
                return method.invoke(context, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  public void close() {
    thread.shutdownNow();
    context.close();
  }
}
