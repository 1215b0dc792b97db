package io.runnel.plugins.input;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.PluginSection;
import io.runnel.config.Since;
import io.runnel.log.Log;
import io.runnel.plugin.Input;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.ChildProcesses;
import io.runnel.plugins.common.ExtractConfig;
import io.runnel.plugins.common.ExtractingEmitter;
import io.runnel.plugins.common.Extractor;
import io.runnel.plugins.common.ParseDefaults;
import io.runnel.plugins.common.PipeReader;
import io.runnel.plugins.common.StopSignal;
import io.runnel.plugins.tail.LineEncoding;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Runs a command, once or again and again, and parses what it prints. A command that cannot be run
 * is told in the log and tried again; it never ends the daemon.
 */
public final class ExecInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("exec", Config.class, ExecInput::new)
          .legacy(LegacyParameters.EXTRACT, LegacyParameters.PARSE);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(5);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(60);

  /** How long the last output may be read after the command was stopped. */
  private static final long DRAIN_MILLIS = 5_000;

  /** Which output of the command is read. */
  public enum ConnectMode {
    READ,
    READ_WITH_STDERR
  }

  /** Parameters. */
  @Doc("Runs a command and turns its output into events.")
  public record Config(
      @Doc("The command, as for a shell.") String command,
      @Doc("Whether the error output is read as well.") @Default("read") ConnectMode connectMode,
      @Doc("Tag of the events; <extract> may take it from the record.") Optional<String> tag,
      @Doc("How often the command is run; without it once, for as long as it runs.")
          Optional<Duration> runInterval,
      @Doc("Bytes that are read at once.") @Default("10240") ByteSize readBlockSize,
      @Doc("Encoding of the output.") @Since("1.17") Optional<String> encoding,
      @Doc("Ends a command that runs longer.") @Since("1.20") Optional<Duration> commandTimeout,
      @Doc(
              "How the output is read; time_type is float and estimate_current_event false where"
                  + " the section is silent.")
          @Default("tsv")
          PluginSection parse,
      @Doc("Takes tag and time from the record.") Optional<ExtractConfig> extract) {}

  private final Config config;
  private final PluginContext context;
  private final Log log;
  private final Parser parser;
  private final Extractor extractor;
  private final LineEncoding encoding;
  private final Object lock = new Object();
  private final StopSignal stop = new StopSignal();
  private ChildProcesses.Child child;
  private Thread scheduler;
  private Thread reader;

  ExecInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    this.log = context.log();
    Optional<ExtractConfig> extract =
        config
            .extract()
            .map(
                section ->
                    ParseDefaults.textWhereFormatted(
                        section, context.element().section("extract").orElseThrow()));
    if (config.tag().isEmpty() && extract.flatMap(ExtractConfig::tagKey).isEmpty()) {
      throw new ConfigException(
          "'tag' or 'tag_key' option is required on exec input", context.element().place());
    }
    ParseDefaults.setTimeType(config.parse(), "float");
    ParseDefaults.set(config.parse(), "estimate_current_event", "false");
    parser = context.parser(config.parse());
    extractor = Extractor.of(extract, context);
    encoding = LineEncoding.of(Optional.empty(), config.encoding());
  }

  @Override
  public void start() {
    scheduler =
        context.start("exec", config.runInterval().isPresent() ? this::repeat : this::runOnce);
  }

  /** The first run comes after one interval, as in Fluentd. */
  private void repeat() {
    Duration interval = config.runInterval().orElseThrow();
    while (stop.pause(interval.toNanos())) {
      synchronized (lock) {
        if (reader != null && reader.isAlive()) {
          log.warn(
              "previous child process is still running. skipped.", "command", config.command());
          continue;
        }
        if (stop.isSet()) {
          return;
        }
        reader = context.start("exec_read", this::runCommand);
      }
    }
  }

  /** Runs the command until it ends; one that could not be run is tried again. */
  private void runOnce() {
    Duration wait = FIRST_RETRY;
    while (!runCommand() && stop.pause(wait.toNanos())) {
      wait =
          wait.multipliedBy(2).compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : wait.multipliedBy(2);
    }
  }

  /** One run of the command; false where there is no such command. */
  private boolean runCommand() {
    ChildProcesses.Child running;
    try {
      synchronized (lock) {
        if (stop.isSet()) {
          return true;
        }
        running = ChildProcesses.start(config.command(), streams());
        child = running;
      }
    } catch (IOException e) {
      log.error("failed to run command, it is tried again", e, "command", config.command());
      return false;
    }
    config.commandTimeout().ifPresent(limit -> watch(running, limit));
    try {
      newReader().run(running.output());
    } catch (IOException e) {
      if (!stop.isSet()) {
        log.warn("reading the output of a command failed", e, "command", config.command());
      }
    }
    try {
      int status = running.await();
      String fault = stop.isSet() ? null : ChildProcesses.shellFault(status);
      if (fault != null) {
        log.error(
            fault + ", it is tried again", "command", config.command(), "exit_status", status);
      }
      return fault == null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private ChildProcesses.Streams streams() {
    return config.connectMode() == ConnectMode.READ
        ? ChildProcesses.Streams.OUTPUT
        : ChildProcesses.Streams.OUTPUT_AND_ERRORS;
  }

  private void watch(ChildProcesses.Child running, Duration limit) {
    context.startVirtual(
        "exec_timeout",
        () -> {
          try {
            if (!running.await(limit)) {
              log.warn("command runs too long, it is ended", "command", config.command());
              running.stop(log);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private PipeReader newReader() {
    ExtractingEmitter emitter =
        new ExtractingEmitter(
            config.tag().orElse(null),
            tag -> tag,
            extractor,
            context.emitter(),
            context.clock(),
            stop,
            log);
    return new PipeReader(
        parser,
        (int) Math.min(1 << 20, config.readBlockSize().bytes()),
        encoding.converts() ? encoding::convert : null,
        emitter::emit,
        Duration.ZERO,
        log);
  }

  @Override
  public void stop() {
    ChildProcesses.Child running;
    stop.set();
    synchronized (lock) {
      running = child; // none is started any more
    }
    if (running != null) {
      running.stop(log);
    }
    // a process that has left the command's family may hold the pipe open for ever
    StopSignal.join(scheduler, DRAIN_MILLIS);
    StopSignal.join(reader, DRAIN_MILLIS);
  }
}
