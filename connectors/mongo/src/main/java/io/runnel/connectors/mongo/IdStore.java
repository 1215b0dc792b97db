package io.runnel.connectors.mongo;

import io.runnel.host.Disk;
import io.runnel.host.Ownership;
import io.runnel.log.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bson.types.ObjectId;

/** The file with the last id: 24 hexadecimal digits, as the gem writes it. Used by one thread. */
final class IdStore {
  private final Path file;
  private final Disk disk;
  private Ownership.Claim claim;

  IdStore(Path file, Disk disk) {
    this.file = file;
    this.disk = disk;
  }

  /**
   * @throws IOException where another instance has the file, or its folder cannot be made
   */
  void open(Ownership ownership) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    disk.createDirectories(folder, null);
    claim = ownership.claim(file.toAbsolutePath(), "id_store_file");
  }

  /** The id; null where there is none, which means the beginning of the collection. */
  ObjectId read(Log log) throws IOException {
    if (!disk.exists(file)) {
      return null;
    }
    String text = new String(disk.readAll(file), StandardCharsets.UTF_8).strip();
    if (ObjectId.isValid(text)) {
      return new ObjectId(text);
    }
    if (!text.isEmpty()) {
      log.warn("id_store_file holds no id, so reading begins at the beginning", "path", file);
    }
    return null;
  }

  void write(ObjectId id) throws IOException {
    disk.replace(file, id.toHexString().getBytes(StandardCharsets.UTF_8), null);
  }

  void close() {
    if (claim != null) {
      claim.close();
      claim = null;
    }
  }
}
