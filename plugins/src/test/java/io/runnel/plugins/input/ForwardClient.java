package io.runnel.plugins.input;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;

/** A client of the forward protocol, written for tests and independent of the server's code. */
final class ForwardClient implements AutoCloseable {
  private final Socket socket;

  ForwardClient(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  ForwardClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(20_000);
  }

  /** {@code [time, record]} entries back to back, with times of whole seconds. */
  static byte[] entries(long time, List<? extends Map<String, ?>> records) {
    Bytes out = new Bytes();
    MsgpackWriter writer = new MsgpackWriter(out);
    for (Map<String, ?> record : records) {
      writer.arrayHeader(2);
      writer.eventTime(EventTime.pack(time, 0));
      writer.value(record);
    }
    return out.toByteArray();
  }

  static byte[] message(Object... parts) {
    Bytes out = new Bytes();
    MsgpackWriter writer = new MsgpackWriter(out);
    writer.arrayHeader(parts.length);
    for (Object part : parts) {
      if (part instanceof byte[] bytes) {
        writer.binary(bytes, 0, bytes.length);
      } else {
        writer.value(part);
      }
    }
    return out.toByteArray();
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  void send(Object... parts) throws IOException {
    send(message(parts));
  }

  /** The next value that the server sends; null at the end of the connection. */
  Object receive() throws IOException {
    Bytes all = new Bytes();
    InputStream in = socket.getInputStream();
    while (true) {
      int b = in.read();
      if (b < 0) {
        return null;
      }
      all.write(b);
      try {
        return new MsgpackReader(all.array(), 0, all.length()).readValue();
      } catch (MsgpackException.Truncated e) {
        continue;
      }
    }
  }

  /** What the server sends up to the end of the connection, a reset included. */
  byte[] rest() {
    Bytes all = new Bytes();
    try {
      socket.getInputStream().transferTo(all);
    } catch (IOException e) {
      // reset: the end as well
    }
    return all.toByteArray();
  }

  Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
