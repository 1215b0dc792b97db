package io.runnel.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Replaces small files in one step: whoever reads sees the old text or the new one.
 *
 * <p>The new text is written beside the file, into one that is created for it. What lies there
 * under that name, such as a link that somebody planted in a shared folder, is removed, never
 * followed.
 */
public final class ReplacedFile {
  private ReplacedFile() {}

  /**
   * Writes the file.
   *
   * @param permissions of the file, less the umask
   * @param durable whether the text is on the disk before it is seen (the name need not be)
   * @throws IOException where the folder may not be written; the old file is still there then
   */
  public static void write(
      Path file, byte[] text, Set<PosixFilePermission> permissions, boolean durable)
      throws IOException {
    Path draft = file.resolveSibling("." + file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    try {
      try (FileChannel out =
          FileChannel.open(
              draft,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(permissions))) {
        ByteBuffer bytes = ByteBuffer.wrap(text);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        if (durable) {
          out.force(true);
        }
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
