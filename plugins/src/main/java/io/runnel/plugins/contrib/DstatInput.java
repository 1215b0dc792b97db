package io.runnel.plugins.contrib;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.host.Ownership;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.ChildProcesses;
import io.runnel.plugins.common.StopSignal;
import io.runnel.plugins.common.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs dstat and turns each of its lines into an event (fluent-plugin-dstat). */
public final class DstatInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("dstat", Config.class, DstatInput::new).singleWorker();

  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Times the delay: so long dstat may be silent before it is started again. */
  private static final int PATIENCE = 3;

  private static final int BLOCK = 8 * 1024;
  private static final int LONGEST_LINE = 1 << 20;
  private static final long JOIN_MILLIS = 5_000;

  @Doc("Runs dstat and turns each of its lines, figures of the machine, into an event.")
  record Config(
      @Doc("The tag of the events.") String tag,
      @Doc("The program.") @Default("dstat") String dstatPath,
      @Doc("Its options: which figures it shows.") @Default("-fcdnm") String option,
      @Doc("Seconds between two lines.") @Default("1") int delay,
      @Doc("The named pipe through which dstat writes; it is made and deleted.")
          @Default("/tmp/fluent-plugin-dstat.fifo")
          String tmpFile,
      @Doc("Command that prints the value of the field hostname.") @Default(HostnameCommand.DEFAULT)
          String hostnameCommand) {}

  private final Config config;
  private final PluginContext context;
  private final NamedPipe pipe;
  private final StopSignal stop = new StopSignal();
  private final Object lock = new Object();
  private volatile long lastLine;
  private String hostname;
  private Ownership.Claim claim;
  private FileChannel channel;
  private ChildProcesses.Child child;
  private Ticker watch;
  private Thread reader;

  DstatInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    pipe = NamedPipe.of(config.tmpFile, "tmp_file", context);
  }

  @Override
  public void start() throws IOException, InterruptedException {
    hostname = HostnameCommand.run(config.hostnameCommand, context);
    claim = context.ownership().claim(pipe.path(), "named pipe");
    pipe.make();
    channel = pipe.open();
    reader = context.start("dstat", this::read);
    run();
    watch = Ticker.start(context, "dstat_watch", LOOK, this::look);
  }

  private void run() throws IOException {
    synchronized (lock) {
      if (!stop.isSet()) {
        lastLine = context.clock().nanos();
        child =
            ChildProcesses.start(
                config.dstatPath
                    + " "
                    + config.option
                    + " --nocolor --output "
                    + ChildProcesses.quote(config.tmpFile)
                    + " "
                    + config.delay,
                ChildProcesses.Streams.NONE);
      }
    }
  }

  /** Starts dstat again where nothing has come for a while. */
  private void look() {
    long silent = context.clock().nanos() - lastLine;
    if (silent <= TimeUnit.SECONDS.toNanos((long) config.delay * PATIENCE)) {
      return;
    }
    ChildProcesses.Child old;
    synchronized (lock) {
      old = child;
    }
    context
        .log()
        .info(
            "Process dstat is stopped or silent, it is started again",
            "pid",
            old == null ? 0 : old.pid(),
            "command",
            config.dstatPath);
    try {
      if (old != null) {
        old.stop(context.log());
      }
      run();
    } catch (IOException e) {
      context.log().error("dstat cannot be run", e, "command", config.dstatPath);
    }
  }

  private void read() {
    DstatTable table = new DstatTable();
    byte[] block = new byte[BLOCK];
    Bytes line = new Bytes(BLOCK);
    try (InputStream in = NamedPipe.untilClosed(channel, stop)) {
      for (int n = in.read(block, 0, BLOCK); n >= 0; n = in.read(block, 0, BLOCK)) {
        for (int i = 0; i < n; i++) {
          if (block[i] == '\n') {
            take(table, line.toString().strip());
            line.clear();
          } else if (line.length() < LONGEST_LINE) {
            line.write(block[i]);
          }
        }
      }
    } catch (IOException e) {
      context.log().error("reading what dstat writes failed", e, "path", pipe.path());
    }
  }

  private void take(DstatTable table, String line) {
    lastLine = context.clock().nanos();
    Map<String, Object> values = table.line(line);
    if (values == null) {
      return;
    }
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("hostname", hostname);
    record.put("dstat", values);
    try {
      context
          .emitter()
          .emit(config.tag, EventStream.of(new Event(context.clock().eventTime(), record)));
    } catch (EmitException e) {
      context.log().error("failed to emit", e, "tag", config.tag);
    }
  }

  @Override
  public void stop() {
    stop.set();
    if (watch != null) {
      watch.close();
    }
    ChildProcesses.Child last;
    synchronized (lock) {
      last = child; // none is started any more
      child = null;
    }
    if (last != null) {
      last.stop(context.log());
    }
    pipe.close(channel, context.log());
    StopSignal.join(reader, JOIN_MILLIS);
  }

  @Override
  public void close() {
    stop();
    if (claim != null) {
      try {
        Files.deleteIfExists(pipe.path());
      } catch (IOException e) {
        context.log().warn("named pipe was not deleted", e, "path", pipe.path());
      }
      claim.close();
      claim = null;
    }
  }
}
