package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Obsolete;
import io.runnel.config.PluginSection;
import io.runnel.event.EventBuilder;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.Storage;
import io.runnel.plugins.common.ParseDefaults;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the journal of systemd (fluent-plugin-systemd) through journalctl, or a file in its export
 * format. The cursor of the last entry that was emitted is stored.
 */
public final class SystemdInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("systemd", Config.class, SystemdInput::new);

  /** Where it is not there the journal is kept in memory, and journalctl finds it by itself. */
  private static final String DEFAULT_PATH = "/var/log/journal";

  private static final String CURSOR = "journal";
  private static final int BATCH = 1000;
  private static final long PAUSE_NANOS = 1_000_000_000L;
  private static final long JOIN_MILLIS = 10_000;

  @Doc("Reads the journal of systemd.")
  record Config(
      @Doc("A folder of journal files, or a file in the export format.") @Default(DEFAULT_PATH)
          String path,
      @Doc("Which entries: a list of objects such as {\"_SYSTEMD_UNIT\": \"ssh.service\"}.")
          Optional<String> matches,
      @Doc("The older name of matches.") @Obsolete("filters has been renamed as matches")
          Optional<String> filters,
      @Doc("Begins with the oldest entry.") @Default("false") boolean readFromHead,
      @Doc("The tag of the events.") String tag,
      @Doc("Removes underscores in front of names.") @Default("false") boolean stripUnderscores,
      @Doc("Where old versions kept the cursor; it is read once.")
          @Obsolete("Use <storage> section with `persistent: true' instead")
          Optional<String> posFile,
      @Doc("The program; looked for on PATH.") @Default("journalctl") String journalctl,
      @Doc("How entries become records.") JournalEntries.Config entry,
      @Doc("Where the cursor is kept.") @Default("local") PluginSection storage) {}

  private final Config config;
  private final PluginContext context;
  private final JournalCommand command;
  private final JournalEntries entries;
  private final Storage storage;
  private volatile boolean stopping;
  private volatile Process process;
  private volatile InputStream source;
  private Thread thread;

  SystemdInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    Path path = Path.of(config.path);
    command =
        new JournalCommand(
            config.journalctl,
            config.path.equals(DEFAULT_PATH) && !Files.isDirectory(path) ? null : path,
            config.matches.or(() -> config.filters).map(JournalCommand::filters).orElse(List.of()),
            config.readFromHead);
    entries = new JournalEntries(config.entry, config.stripUnderscores);
    JournalEntries.warnOfNothing(config.entry, context.log());
    storage = context.storage(storageSection(), "");
  }

  /** Without a section the cursor is lost at the stop, unless there was a pos_file. */
  private PluginSection storageSection() {
    if (!config.storage.present() && config.posFile.isPresent()) {
      ConfigElement section = config.storage.element();
      section.set("persistent", "true");
      section.set("path", config.posFile.get() + ".json");
    }
    ParseDefaults.set(config.storage, "persistent", "false");
    return config.storage;
  }

  @Override
  public void start() throws Exception {
    storage.start();
    if (Files.isRegularFile(Path.of(config.path))) {
      thread = context.start("systemd", this::readFile);
      return;
    }
    if (!command.isFound()) {
      context
          .log()
          .error(
              "in_systemd: "
                  + config.journalctl
                  + " is not there, so the journal cannot be read; this input does nothing");
      return;
    }
    thread = context.start("systemd", this::follow);
  }

  private String cursor() throws IOException {
    if (storage.get(CURSOR) instanceof String cursor && !cursor.isEmpty()) {
      return cursor;
    }
    if (config.posFile.isPresent() && Files.isRegularFile(Path.of(config.posFile.get()))) {
      String text =
          new String(Files.readAllBytes(Path.of(config.posFile.get())), StandardCharsets.UTF_8);
      return text.isBlank() ? null : text.strip();
    }
    return null;
  }

  /** Reads a file behind the stored cursor once. */
  private void readFile() {
    try (InputStream in = Files.newInputStream(Path.of(config.path))) {
      String cursor = cursor();
      JournalReader reader = new JournalReader(in);
      if (cursor != null && !skipTo(reader, cursor)) {
        return;
      }
      read(reader);
    } catch (IOException e) {
      context.log().error("in_systemd: the file cannot be read", e, "path", config.path);
    }
  }

  private static boolean skipTo(JournalReader reader, String cursor) throws IOException {
    for (Map<String, Object> entry = reader.next(); entry != null; entry = reader.next()) {
      if (cursor.equals(JournalEntries.cursor(entry))) {
        return true;
      }
    }
    return false;
  }

  /** Runs journalctl, again where it ends. */
  private void follow() {
    while (!stopping) {
      try {
        Process child =
            new ProcessBuilder(command.line(cursor()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process = child;
        source = child.getInputStream();
        child.getOutputStream().close();
        if (stopping) {
          child.destroy();
        }
        read(new JournalReader(source));
      } catch (IOException e) {
        if (!stopping) {
          context.log().error("in_systemd: journalctl failed", e);
        }
      } finally {
        end();
      }
      try {
        if (!stopping) {
          context.log().warn("in_systemd: journalctl has ended, starting it again");
          context.clock().sleep(PAUSE_NANOS);
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void end() {
    Process child = process;
    if (child != null) {
      child.destroy();
    }
  }

  private void read(JournalReader reader) throws IOException {
    EventBuilder events = new EventBuilder();
    String cursor = null;
    Map<String, Object> entry = reader.next();
    while (entry != null && !stopping) {
      long now = context.clock().eventTime();
      events.add(JournalEntries.time(entry, now), entries.record(entry));
      String own = JournalEntries.cursor(entry);
      cursor = own == null ? cursor : own;
      if (events.count() >= BATCH || !reader.isReady()) {
        emit(events, cursor);
      }
      entry = reader.next();
    }
    emit(events, cursor);
  }

  /** Emits until it was taken: the journal keeps what comes meanwhile. */
  private void emit(EventBuilder events, String cursor) {
    if (events.isEmpty()) {
      return;
    }
    var stream = events.take();
    while (true) {
      try {
        context.emitter().emit(config.tag, stream);
        if (cursor != null) {
          storage.put(CURSOR, cursor);
        }
        return;
      } catch (EmitException e) {
        if (stopping) {
          return;
        }
        context.log().warn("in_systemd: events could not be emitted, trying again", e);
      }
      try {
        context.clock().sleep(PAUSE_NANOS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  @Override
  public void stop() {
    stopping = true;
    end();
    if (thread != null) {
      try {
        thread.join(JOIN_MILLIS / 10);
        thread.interrupt();
        thread.join(JOIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    storage.stop();
  }

  @Override
  public void close() {
    storage.close();
  }
}
