package io.runnel.connectors.sql;

import io.runnel.event.Json;
import io.runnel.host.Disk;
import io.runnel.host.Ownership;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * How far each table was read: {@code last_records}, by table and column, as in the gem's file,
 * which is YAML with whole rows. Written as JSON, which is YAML too. Used by one thread.
 */
final class ReadState {
  private static final String ROOT = "last_records";

  private final Optional<Path> file;
  private final Disk disk;
  private final Map<String, Object> tables = new LinkedHashMap<>();
  private Ownership.Claim claim;

  ReadState(Optional<Path> file, Disk disk) {
    this.file = file;
    this.disk = disk;
  }

  /**
   * @throws IOException where another instance has the file, or it is none of ours
   */
  void open(Ownership ownership) throws IOException {
    if (file.isEmpty()) {
      return;
    }
    Path path = file.get().toAbsolutePath();
    disk.createDirectories(path.getParent(), null);
    claim = ownership.claim(path, "state_file");
    if (disk.exists(path)) {
      read(new String(disk.readAll(path), StandardCharsets.UTF_8));
    }
  }

  private void read(String text) throws IOException {
    try {
      Object loaded = new Load(LoadSettings.builder().build()).loadFromString(text);
      if (loaded instanceof Map<?, ?> map && map.get(ROOT) instanceof Map<?, ?> known) {
        known.forEach((table, row) -> tables.put(String.valueOf(table), row));
      } else if (loaded != null && !Boolean.FALSE.equals(loaded)) {
        throw new IOException("state_file on \"" + file.get() + "\" is invalid");
      }
    } catch (YamlEngineException e) {
      throw new IOException("state_file on \"" + file.get() + "\" is invalid", e);
    }
  }

  /** The last value of the column; empty where nothing was read. */
  Optional<String> position(String table, String column) {
    return tables.get(table) instanceof Map<?, ?> row && row.get(column) != null
        ? Optional.of(row.get(column).toString())
        : Optional.empty();
  }

  void store(String table, String column, String position) throws IOException {
    tables.put(table, Map.of(column, position));
    if (file.isPresent()) {
      String text = Json.write(Map.of(ROOT, tables)) + "\n";
      disk.replace(file.get().toAbsolutePath(), text.getBytes(StandardCharsets.UTF_8), null);
    }
  }

  void close() {
    if (claim != null) {
      claim.close();
      claim = null;
    }
  }
}
