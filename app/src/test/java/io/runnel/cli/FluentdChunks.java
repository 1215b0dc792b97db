package io.runnel.cli;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/** Writes buffer files byte by byte as Fluentd's buf_file and buf_file_single do. */
final class FluentdChunks {
  private static final long SECONDS = 1_700_000_000L;

  private FluentdChunks() {}

  /** An id of a chunk begun so many seconds after a fixed time. */
  static String id(int number) {
    long micros = (SECONDS + number) * 1_000_000L;
    return HexFormat.of()
        .formatHex(ByteBuffer.allocate(16).putLong(micros << 12).putLong(number).array());
  }

  /** {@code [EventTime, {"n": number}]} one after the other. */
  static byte[] events(int from, int count) {
    Bytes out = new Bytes();
    MsgpackWriter writer = new MsgpackWriter(out);
    for (int n = from; n < from + count; n++) {
      writer.arrayHeader(2);
      writer.eventTime(EventTime.pack(SECONDS, 5));
      writer.mapHeader(1);
      writer.string("n");
      writer.integer(n);
    }
    return out.toByteArray();
  }

  static byte[] gzip(byte[] data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(data);
    }
    return out.toByteArray();
  }

  static byte[] join(byte[]... parts) {
    Bytes all = new Bytes();
    for (byte[] part : parts) {
      all.write(part);
    }
    return all.toByteArray();
  }

  /**
   * A chunk of buf_file with its meta file.
   *
   * @param state b or q
   */
  static Path file(Path folder, char state, int number, String tag, byte[] content)
      throws IOException {
    Path chunk = folder.resolve("buffer." + state + id(number) + ".log");
    Files.write(chunk, content);
    Bytes map = new Bytes();
    MsgpackWriter writer = new MsgpackWriter(map);
    writer.mapHeader(8);
    writer.string("timekey");
    writer.nil();
    writer.string("tag");
    writer.string(tag);
    writer.string("variables");
    writer.nil();
    writer.string("seq");
    writer.integer(0);
    writer.string("id");
    byte[] id = HexFormat.of().parseHex(id(number));
    writer.binary(id, 0, id.length);
    writer.string("s");
    writer.integer(content.length == 0 ? 0 : records(content));
    writer.string("c");
    writer.integer(SECONDS + number);
    writer.string("m");
    writer.integer(SECONDS + number);
    ByteBuffer meta = ByteBuffer.allocate(6 + map.length());
    meta.put((byte) 0xc1).put((byte) 0).putInt(map.length());
    meta.put(map.array(), 0, map.length());
    Files.write(meta(chunk), meta.array());
    return chunk;
  }

  /** Events of content that {@link #events} has made; 1 for other content. */
  private static int records(byte[] content) {
    int one = events(0, 1).length;
    return (content[0] & 0xff) == 0x92 ? Math.max(1, content.length / one) : 1;
  }

  static Path meta(Path chunk) {
    return chunk.resolveSibling(chunk.getFileName() + ".meta");
  }

  /** A chunk of buf_file_single. */
  static Path single(Path folder, char state, int number, String key, byte[] content)
      throws IOException {
    Path chunk = folder.resolve("fsb." + key + "." + state + id(number) + ".buf");
    return Files.write(chunk, content);
  }
}
