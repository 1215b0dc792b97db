package io.runnel.plugins.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The small file that an output keeps beside a chunk ({@link io.runnel.plugin.Chunk#note}):
 *
 * <pre>
 * magic      says which output's it is, and its version
 * content
 * uint32 BE  CRC32C of all before
 * </pre>
 *
 * <p>It is written over and not synced: one that a crash has torn, or a power loss has damaged, is
 * as good as none, and the chunk is then delivered like any other.
 */
public final class ChunkNote {
  private ChunkNote() {}

  /**
   * The content; empty where there is no note, or none of this kind that is whole.
   *
   * @param most bytes of a note
   */
  public static Optional<byte[]> read(Path note, byte[] magic, int most) throws IOException {
    byte[] bytes;
    try {
      if (Files.size(note) > most) {
        return Optional.empty();
      }
      bytes = Files.readAllBytes(note);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    int end = bytes.length - Integer.BYTES;
    if (end < magic.length
        || !Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length)
        || ByteBuffer.wrap(bytes).getInt(end) != checksum(bytes, end)) {
      return Optional.empty();
    }
    return Optional.of(Arrays.copyOfRange(bytes, magic.length, end));
  }

  /** Writes a note in the place of what was there. */
  public static void write(Path note, byte[] magic, byte[] content) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(magic.length + content.length + Integer.BYTES);
    out.put(magic).put(content);
    out.putInt(checksum(out.array(), out.position()));
    boolean interrupted = Thread.interrupted(); // an interrupted thread cannot write a file
    try {
      Files.write(note, out.array());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, length);
    return (int) sum.getValue();
  }
}
