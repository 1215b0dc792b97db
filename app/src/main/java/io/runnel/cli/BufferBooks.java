package io.runnel.cli;

import io.runnel.buffer.Balance;
import io.runnel.buffer.ChunkFinder;
import io.runnel.buffer.Fate;
import io.runnel.buffer.FoundChunk;
import io.runnel.buffer.StoredBooks;
import io.runnel.host.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The books of file buffers as they lie on the disk, whether their daemon runs or not. */
final class BufferBooks {
  private BufferBooks() {}

  /**
   * The sum over some buffers. What is being written at this moment may not be in yet.
   *
   * @param buffers folders, or patterns of chunk files
   */
  static Balance read(List<String> buffers) {
    Balance sum = new Balance(0, 0, new long[Fate.values().length], 0, 0, new long[0]);
    for (String buffer : buffers) {
      Path path = Path.of(buffer);
      try {
        long events = 0;
        for (FoundChunk chunk : new ChunkFinder(Disk.local(), "tag").find(path)) {
          events += Math.max(0, chunk.recordedEvents());
        }
        sum = sum.plus(StoredBooks.read(Disk.local(), path, events));
      } catch (IOException e) {
        continue; // there is no such folder yet
      }
    }
    return sum;
  }
}
