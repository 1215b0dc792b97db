package io.runnel.plugins.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Where a chunk is being written to. It stands in a small file beside the chunk from the moment
 * before the first byte is written until the chunk is deleted, so that after a crash the next run
 * knows where to look for what was written.
 *
 * <pre>
 * 52 4e 4c 4f 55 54 00 01   "RNLOUT", 0, version 1
 * uint64 BE                 position of the chunk's first byte in the file
 * uint8                     1 where the file was made for this chunk alone
 * uint32 BE                 length of the path
 * the path in UTF-8
 * uint32 BE                 CRC32C of all before
 * </pre>
 *
 * <p>It is not synced: it survives a crash of the process; after a power loss it may be missing,
 * and the chunk is then written again.
 *
 * @param path the file that is written
 * @param offset its length before
 * @param own true where the file is made for this chunk alone
 */
record WriteNote(Path path, long offset, boolean own) {
  private static final byte[] MAGIC = {'R', 'N', 'L', 'O', 'U', 'T', 0, 1};
  private static final int MAX_PATH = 64 * 1024;
  private static final int FIXED = 8 + 8 + 1 + 4 + 4;

  byte[] encode() {
    byte[] name = path.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(FIXED + name.length);
    out.put(MAGIC).putLong(offset).put((byte) (own ? 1 : 0)).putInt(name.length).put(name);
    return out.putInt(checksum(out.array(), out.position())).array();
  }

  /** Null where the bytes are no whole note: then nothing was written after it. */
  static WriteNote decode(byte[] bytes) {
    int end = bytes.length - 4;
    if (bytes.length < FIXED || bytes.length > FIXED + MAX_PATH) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt(end) != checksum(bytes, end)
        || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      return null;
    }
    in.position(MAGIC.length);
    long offset = in.getLong();
    boolean own = in.get() == 1;
    int length = in.getInt();
    if (length != bytes.length - FIXED || offset < 0) {
      return null;
    }
    String name = new String(bytes, in.position(), length, StandardCharsets.UTF_8);
    return new WriteNote(Path.of(name), offset, own);
  }

  /** Null where there is none. */
  static WriteNote read(Path file) throws IOException {
    try {
      return decode(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }
}
