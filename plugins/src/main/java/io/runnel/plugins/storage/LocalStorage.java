package io.runnel.plugins.storage;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Json;
import io.runnel.event.MsgpackToJson;
import io.runnel.host.Ownership;
import io.runnel.host.ReplacedFile;
import io.runnel.log.Log;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A map kept as a JSON object in one file. Each save writes a new file, syncs it and puts it in the
 * place of the old one, so that a crash leaves one or the other whole.
 */
public final class LocalStorage implements Storage {
  public static final PluginType<Config, PluginContext, Storage> TYPE =
      PluginType.storage("local", Config.class, LocalStorage::new);

  /** Largest file that is read; it is meant for some counters. */
  private static final long LARGEST = 64L << 20;

  /** Parameters. */
  @Doc("Keeps a plugin's state in a JSON file.")
  public record Config(
      @Doc("Saves with every change.") @Default("false") boolean persistent,
      @Doc("Saves at intervals.") @Default("true") boolean autosave,
      @Doc("The interval of autosave.") @Default("10") Duration autosaveInterval,
      @Doc("Saves at the stop.") @Default("true") boolean saveAtShutdown,
      @Doc("A file that ends in .json, or a folder; else below root_dir by the plugin's @id.")
          Optional<String> path,
      @Doc("Permissions of the file, octal.") Optional<String> mode,
      @Doc("Permissions of new folders, octal.") Optional<String> dirMode,
      @Doc("Writes the JSON over several lines.") @Default("false") boolean prettyPrint) {}

  private final Config config;
  private final PluginContext context;
  private final Log log;
  private final Path path;
  private final Set<PosixFilePermission> mode;
  private final Set<PosixFilePermission> dirMode;
  private final Map<String, Object> values = new LinkedHashMap<>();
  private Ownership.Claim claim;
  private Thread autosave;
  private boolean changed;
  private boolean stopping;
  private boolean loaded;

  LocalStorage(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    this.log = context.log();
    this.mode = permissions(config.mode(), context.system().filePermission(), "644", "mode");
    this.dirMode =
        permissions(config.dirMode(), context.system().dirPermission(), "755", "dir_mode");
    this.path = choosePath();
    if (path == null) {
      if (config.persistent()) {
        throw new ConfigException(
            "Plugin @id or path for <storage> required when 'persistent' is true",
            context.element().place());
      }
      log.warn(
          "both of Plugin @id and path for <storage> are not specified. Using on-memory store.");
    }
  }

  private Set<PosixFilePermission> permissions(
      Optional<String> text,
      Optional<Set<PosixFilePermission>> system,
      String ownDefault,
      String parameter) {
    if (text.isEmpty() && system.isPresent()) {
      return system.get();
    }
    try {
      int bits = Integer.parseInt(text.orElse(ownDefault), 8);
      Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
      PosixFilePermission[] all = PosixFilePermission.values(); // from owner read to others execute
      for (int i = 0; i < all.length; i++) {
        if ((bits & 0400 >> i) != 0) {
          set.add(all[i]);
        }
      }
      return set;
    } catch (NumberFormatException e) {
      throw new ConfigException(
          "invalid " + parameter + " '" + text.orElse("") + "': octal digits are needed",
          context.element().placeOf(parameter),
          e);
    }
  }

  private Path choosePath() {
    String usage = context.element().argument();
    String name = usage.isEmpty() ? "storage.json" : "storage." + safe(usage) + ".json";
    if (config.path().isPresent()) {
      String given = config.path().get();
      return given.endsWith(".json")
          ? Path.of(given)
          : Path.of(given).resolve("worker" + context.workerId()).resolve(name);
    }
    return context.pluginDir().map(folder -> folder.resolve(name)).orElse(null);
  }

  private static String safe(String usage) {
    return usage.replaceAll("[^-_.a-zA-Z0-9]", "_");
  }

  /** Reads what was saved; may be called more than once. */
  @Override
  public synchronized void start() throws IOException {
    if (loaded) {
      return;
    }
    loaded = true;
    if (path == null) {
      return;
    }
    Files.createDirectories(
        path.toAbsolutePath().getParent(), PosixFilePermissions.asFileAttribute(dirMode));
    claim = context.ownership().claim(path, "storage");
    load();
    if (config.autosave() && !config.persistent()) {
      autosave = context.start("storage_autosave", this::saveAtIntervals);
    }
  }

  private void load() throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    if (Files.size(path) > LARGEST) {
      throw new ConfigException("Too large a content of storage file: '" + path + "'");
    }
    byte[] content = Files.readAllBytes(path);
    if (new String(content, StandardCharsets.UTF_8).isBlank()) {
      log.warn("detect empty plugin storage file during startup. Ignored: " + path);
      return;
    }
    Object found;
    try {
      found = Json.parse(content);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "Invalid contents (not object) in plugin storage file: '" + path + "'", null, e);
    }
    if (!(found instanceof Map<?, ?> map)) {
      throw new ConfigException(
          "Invalid contents (not object) in plugin storage file: '" + path + "'");
    }
    map.forEach((key, value) -> values.put(String.valueOf(key), value));
  }

  @Override
  public synchronized Object get(String key) {
    return values.get(key);
  }

  @Override
  public synchronized void put(String key, Object value) {
    values.put(key, value);
    changed();
  }

  @Override
  public synchronized void delete(String key) {
    values.remove(key);
    changed();
  }

  private void changed() {
    changed = true;
    if (config.persistent()) {
      save();
    }
  }

  @Override
  public synchronized void save() {
    if (path == null || !loaded || !changed) {
      return;
    }
    try {
      write();
      changed = false;
    } catch (IOException e) {
      log.error("failed to save data for plugin storage to file", e, "path", path.toString());
    }
  }

  private void write() throws IOException {
    String json = config.prettyPrint() ? pretty(values, "") : MsgpackToJson.text(values);
    ReplacedFile.write(path, json.getBytes(StandardCharsets.UTF_8), mode, true);
  }

  private static String pretty(Object value, String indent) {
    if (!(value instanceof Map<?, ?> map) || map.isEmpty()) {
      return MsgpackToJson.text(value);
    }
    String inner = indent + "  ";
    StringBuilder text = new StringBuilder("{\n");
    int left = map.size();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(inner)
          .append(MsgpackToJson.text(String.valueOf(entry.getKey())))
          .append(": ")
          .append(pretty(entry.getValue(), inner))
          .append(--left > 0 ? ",\n" : "\n");
    }
    return text.append(indent).append('}').toString();
  }

  private synchronized void saveAtIntervals() {
    try {
      while (!stopping) {
        wait(Math.max(1, config.autosaveInterval().toMillis()));
        save();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    synchronized (this) {
      stopping = true;
      notifyAll();
    }
    if (autosave != null) {
      try {
        autosave.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (config.saveAtShutdown()) {
      save();
    }
  }

  @Override
  public synchronized void close() {
    if (claim != null) {
      claim.close();
      claim = null;
    }
  }
}
