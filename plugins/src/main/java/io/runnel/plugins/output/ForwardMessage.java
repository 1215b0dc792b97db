package io.runnel.plugins.output;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.Chunk;
import io.runnel.plugins.client.ClientConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Base64;

/**
 * One chunk as a message of the forward protocol, PackedForward or CompressedPackedForward: {@code
 * [tag, entries as str 32, {"size", "compressed", "chunk"}]}. The entries go from the chunk to the
 * socket as they are wherever the chunk is stored in the form that is sent.
 */
final class ForwardMessage {
  /** Up to here one write is cheaper than two. */
  private static final int SMALL = 64 * 1024;

  private final Chunk chunk;
  private final Bytes head;
  private final Bytes tail;
  private final String ack;
  private Bytes content; // null where the chunk's stored bytes are sent
  private final long length;

  /**
   * @param compression what is sent
   * @param withAck asks for an acknowledgement
   */
  ForwardMessage(String tag, Chunk chunk, Compression compression, boolean withAck)
      throws IOException {
    this.chunk = chunk;
    ack = withAck ? encode(chunk.id()) : null;
    length = prepare(compression);
    if (length > 0xffff_ffffL) {
      throw new IOException("a chunk of " + length + " bytes does not fit into one message");
    }
    head = head(tag, length);
    tail = options(chunk.records(), compression, ack);
  }

  /** What stands before the entries. */
  static Bytes head(String tag, long length) {
    Bytes head = new Bytes(128);
    MsgpackWriter writer = new MsgpackWriter(head);
    writer.arrayHeader(3);
    writer.string(tag);
    head.write(0xdb);
    for (int shift = 24; shift >= 0; shift -= 8) {
      head.write((int) (length >>> shift));
    }
    return head;
  }

  /**
   * What stands behind the entries.
   *
   * @param ack null where none is asked for
   */
  static Bytes options(int records, Compression compression, String ack) {
    Bytes tail = new Bytes(96);
    MsgpackWriter writer = new MsgpackWriter(tail);
    writer.mapHeader(ack == null ? 2 : 3);
    writer.string("size");
    writer.integer(records);
    writer.string("compressed");
    writer.string(compression.text());
    if (ack != null) {
      writer.string("chunk");
      writer.string(ack);
    }
    return tail;
  }

  /** Brings the entries into the form that is sent, and returns their length. */
  private long prepare(Compression compression) throws IOException {
    boolean asStored = chunk.compression().equals(compression.text());
    if (asStored && chunk.bytes() > SMALL) {
      return chunk.bytes();
    }
    content = new Bytes((int) Math.min(chunk.bytes() + 64, 1 << 20));
    if (asStored && compression != Compression.TEXT) {
      try (InputStream in = chunk.openRaw()) {
        in.transferTo(content);
      }
    } else if (compression == Compression.TEXT) {
      chunk.writeTo(content);
    } else {
      try (OutputStream out = compression.wrap(content)) {
        chunk.writeTo(out);
      }
    }
    return content.length();
  }

  /** The id that the server is to acknowledge: base64 with the line end that Ruby's adds. */
  static String encode(byte[] id) {
    return Base64.getEncoder().encodeToString(id) + "\n";
  }

  /** The id that must come back; null where none was asked for. */
  String ack() {
    return ack;
  }

  /** Sends it; may be called again for another node. */
  void send(ClientConnection connection) throws IOException {
    if (content != null && content.length() <= SMALL) {
      Bytes whole = new Bytes(head.length() + content.length() + tail.length());
      head.writeTo(whole);
      content.writeTo(whole);
      tail.writeTo(whole);
      connection.write(whole.array(), 0, whole.length());
      return;
    }
    connection.write(head.array(), 0, head.length());
    if (content != null) {
      connection.write(content.array(), 0, content.length());
    } else {
      sendStored(connection);
    }
    connection.write(tail.array(), 0, tail.length());
  }

  private void sendStored(ClientConnection connection) throws IOException {
    if (connection.isPlain() && chunk.file().isPresent()) {
      try (FileChannel file = FileChannel.open(chunk.file().get(), StandardOpenOption.READ)) {
        connection.write(file, length);
      }
    } else if (chunk.compression().equals(Compression.TEXT.text())) {
      chunk.writeTo(connection.stream());
    } else {
      try (InputStream in = chunk.openRaw()) {
        in.transferTo(connection.stream());
      }
    }
  }
}
