package io.runnel.buffer;

import java.util.List;
import java.util.zip.CRC32C;

/**
 * That events of one message are stored, as a number for the message and one for the events: what
 * has both in common with something that is stored came before.
 *
 * @param id of the message, as its sender calls it
 * @param check of what reached the buffer: its bytes, their number, the number of events, and which
 *     of the emits of that message into that buffer it was
 */
public record Receipt(long id, long check) {
  /**
   * The receipt for what the current thread is about to store.
   *
   * @param sink the buffer; each of them gets the emits of a message in the same order again
   * @return null where the events come from no message that may be sent again
   */
  public static Receipt of(Object sink, List<Batch> batches) {
    Origin origin = Origin.current();
    if (origin == null) {
      return null;
    }
    CRC32C crc = new CRC32C();
    long check = origin.next(sink);
    for (Batch batch : batches) {
      crc.reset();
      crc.update(batch.bytes(), batch.offset(), batch.length());
      check = Mix.of(check, crc.getValue() << 32 | batch.length());
      check = Mix.of(check, batch.count());
    }
    return new Receipt(origin.id(), check);
  }
}
