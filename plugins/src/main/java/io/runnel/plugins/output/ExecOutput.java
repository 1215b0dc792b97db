package io.runnel.plugins.output;

import io.runnel.config.ConfigElement;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.config.PluginSection;
import io.runnel.log.Log;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.ChildProcesses;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs a command for each chunk, with the path of a file that holds it as the last argument. The
 * chunk is delivered when the command ends with status 0; several commands run at once.
 */
public final class ExecOutput implements BufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("exec", Config.class, ExecOutput::new)
          .legacy(LegacyParameters.INJECT, LegacyParameters.FORMAT, LegacyParameters.BUFFER)
          .buffered(ExecOutput::bufferDefaults);

  /** Old parameters that make a {@code <buffer>}: its chunk key is then the time. */
  private static final List<String> FLAT_BUFFER =
      List.of(
          "buffer_type",
          "buffer_path",
          "flush_interval",
          "time_slice_format",
          "time_slice_wait",
          "buffer_chunk_limit",
          "buffer_queue_limit",
          "retry_limit",
          "num_threads");

  /** The section {@code <inject>} with this plugin's defaults: times are text in UTC. */
  @Doc("Adds the host, the worker, the tag and the time to each record.")
  public record Inject(@Inline({"time_type=string", "localtime=false"}) InjectConfig parameters) {}

  /** Parameters. */
  @Doc("Runs a command for each chunk.")
  public record Config(
      @Doc("The command, as for a shell; the path of the chunk is added to it.") String command,
      @Doc("A command that runs longer is killed, and the chunk tried again.") @Default("270")
          Duration commandTimeout,
      @Doc("How events are written.") @Default("tsv") PluginSection format,
      @Doc("Fields that are added to each record.") Optional<Inject> inject,
      @Doc("Keeps only whole seconds of the time.") @Default("false") boolean timeAsInteger,
      @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
          double slowFlushLogThreshold) {}

  private final Config config;
  private final OutputContext context;
  private final Log log;
  private final Formatter formatter;
  private final Set<ChildProcesses.Child> running = ConcurrentHashMap.newKeySet();

  ExecOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    this.log = context.log();
    Injector injector = Injector.of(config.inject().map(Inject::parameters), context);
    this.formatter = injector.wrap(context.formatter(config.format()));
  }

  private static BufferDefaults bufferDefaults(ConfigElement element) {
    boolean flat =
        element.section("buffer").isEmpty() && FLAT_BUFFER.stream().anyMatch(element::has);
    return flat
        ? BufferDefaults.of(List.of("time"), "timekey", "86400", "delayed_commit_timeout", "300")
        : BufferDefaults.of(List.of(), "delayed_commit_timeout", "300");
  }

  @Override
  public Formatter chunkFormat() {
    return formatter;
  }

  @Override
  public boolean isDelayedCommit() {
    return true;
  }

  @Override
  public void tryWrite(Chunk chunk, Commit commit) throws IOException {
    Run run = Run.start(config.command(), chunk);
    running.add(run.child);
    context.startVirtual(
        "exec_wait",
        () -> {
          Exception fault = waitFor(run);
          if (fault == null) {
            commit.commit();
          } else {
            commit.rollback(fault);
          }
        });
  }

  @Override
  public void write(Chunk chunk) throws Exception {
    Run run = Run.start(config.command(), chunk);
    running.add(run.child);
    Exception fault = waitFor(run);
    if (fault != null) {
      throw fault;
    }
  }

  /** Waits for the end of a command; null where it has done its work. */
  private Exception waitFor(Run run) {
    try {
      if (!run.child.await(config.commandTimeout())) {
        log.warn("command runs too long, it is killed", "prog", run.command);
        run.child.kill();
      }
      int status = run.child.await();
      if (status == 0) {
        return null;
      }
      String why = ChildProcesses.shellFault(status);
      log.warn(
          "command exits with error code", "prog", run.command, "status", status, "signal", null);
      return new IOException(
          "command exits with error code " + status + (why == null ? "" : ", " + why));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      run.child.kill();
      return e;
    } finally {
      running.remove(run.child);
      run.deleteTemporary();
    }
  }

  @Override
  public void stop() {
    for (ChildProcesses.Child child : running) {
      child.stop(log);
    }
  }

  /** One run of the command. */
  private record Run(String command, ChildProcesses.Child child, Path temporary) {
    static Run start(String command, Chunk chunk) throws IOException {
      Path temporary = null;
      Path content = chunk.compression().equals("text") ? chunk.file().orElse(null) : null;
      if (content == null) {
        temporary = Files.createTempFile("runnel-out-exec-", "");
        content = temporary;
      }
      try {
        if (temporary != null) {
          try (OutputStream out = Files.newOutputStream(temporary)) {
            chunk.writeTo(out);
          }
        }
        String whole = command + " " + ChildProcesses.quote(content.toString());
        return new Run(whole, ChildProcesses.start(whole, ChildProcesses.Streams.NONE), temporary);
      } catch (IOException e) {
        if (temporary != null) {
          Files.deleteIfExists(temporary);
        }
        throw e;
      }
    }

    void deleteTemporary() {
      if (temporary != null) {
        try {
          Files.deleteIfExists(temporary);
        } catch (IOException e) {
          // the command may have moved it away
        }
      }
    }
  }
}
