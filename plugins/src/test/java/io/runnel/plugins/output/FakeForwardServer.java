package io.runnel.plugins.output;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.RawBytes;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** A server of the forward protocol that keeps what it gets and answers as the test wants. */
final class FakeForwardServer implements AutoCloseable {
  /** What it does with a message that asks for an ack. */
  enum Acks {
    RIGHT,
    WRONG,
    NONE,
    CLOSE
  }

  private final ServerSocket server;
  private final List<List<?>> messages = new ArrayList<>();
  private final List<Socket> sockets = new ArrayList<>();
  private volatile Acks acks = Acks.RIGHT;
  private volatile String sharedKey;
  private volatile String password;
  private volatile boolean stalled;
  private int connections;

  FakeForwardServer() throws IOException {
    this(0);
  }

  FakeForwardServer(int port) throws IOException {
    this(InetAddress.getLoopbackAddress(), port);
  }

  FakeForwardServer(InetAddress address, int port) throws IOException {
    server = bind(address, port);
    Thread.ofVirtual().start(this::accept);
  }

  /** A port that was just in use may need a moment until it can be had again. */
  private static ServerSocket bind(InetAddress address, int port) throws IOException {
    for (int attempt = 0; ; attempt++) {
      try {
        return new ServerSocket(port, 50, address);
      } catch (BindException e) {
        if (attempt == 200) {
          throw e;
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
  }

  int port() {
    return server.getLocalPort();
  }

  FakeForwardServer acks(Acks value) {
    acks = value;
    return this;
  }

  /** Authenticates clients; a password of null asks for no user. */
  FakeForwardServer security(String key, String wantedPassword) {
    sharedKey = key;
    password = wantedPassword;
    return this;
  }

  /** Accepts connections, but reads nothing from them. */
  FakeForwardServer stalled() {
    stalled = true;
    return this;
  }

  /** The messages so far: tag, entries as bytes, options. */
  synchronized List<List<?>> messages() {
    return List.copyOf(messages);
  }

  synchronized int connections() {
    return connections;
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = server.accept();
        synchronized (this) {
          sockets.add(socket);
          connections++;
        }
        if (!stalled) {
          Thread.ofVirtual().start(() -> serve(socket));
        }
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Messages in = new Messages(socket.getInputStream());
      if (sharedKey != null && !handshake(socket, in)) {
        return;
      }
      for (Object message = in.next(); message != null; message = in.next()) {
        List<?> list = (List<?>) message;
        synchronized (this) {
          messages.add(list);
        }
        Object chunk = list.size() > 2 ? ((Map<?, ?>) list.get(2)).get("chunk") : null;
        if (chunk != null && acks == Acks.CLOSE) {
          return;
        }
        if (chunk != null && acks != Acks.NONE) {
          Object answer = acks == Acks.RIGHT ? chunk : "something else";
          send(socket, Map.of("ack", answer));
        }
      }
    } catch (IOException e) {
      // the client is gone
    }
  }

  private boolean handshake(Socket socket, Messages in) throws IOException {
    byte[] nonce = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    byte[] auth =
        password == null ? new byte[0] : "fedcba9876543210".getBytes(StandardCharsets.US_ASCII);
    Map<String, Object> options =
        Map.of(
            "nonce",
            new RawBytes(nonce, true),
            "auth",
            new RawBytes(auth, true),
            "keepalive",
            true);
    send(socket, List.of("HELO", options));
    List<?> ping = (List<?>) in.next();
    if (ping == null) {
      return false;
    }
    byte[] salt = utf8(ping.get(2));
    String expected = digest(salt, utf8(ping.get(1)), nonce, utf8(sharedKey));
    if (!expected.equals(ping.get(3))) {
      send(socket, List.of("PONG", false, "shared_key mismatch", "", ""));
      return false;
    }
    if (password != null && !digest(auth, utf8(ping.get(4)), utf8(password)).equals(ping.get(5))) {
      send(socket, List.of("PONG", false, "username/password mismatch", "", ""));
      return false;
    }
    String proof = digest(salt, utf8("server"), nonce, utf8(sharedKey));
    send(socket, List.of("PONG", true, "", "server", proof));
    return true;
  }

  private static byte[] utf8(Object text) {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String digest(byte[]... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-512");
      for (byte[] part : parts) {
        sha.update(part);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void send(Socket socket, Object value) throws IOException {
    Bytes out = new Bytes();
    new MsgpackWriter(out).value(value);
    out.writeTo(socket.getOutputStream());
  }

  @Override
  public void close() throws IOException {
    server.close();
    synchronized (this) {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  /** Decodes values out of a stream. */
  private static final class Messages {
    private final InputStream in;
    private final Bytes held = new Bytes();

    Messages(InputStream in) {
      this.in = in;
    }

    /** The next value; null at the end. */
    Object next() throws IOException {
      byte[] more = new byte[64 * 1024];
      while (true) {
        MsgpackReader reader = new MsgpackReader(held.array(), 0, held.length());
        try {
          if (held.length() > 0) {
            reader.skip(); // cheap where a large message is not whole yet
            reader.reset(held.array(), 0, held.length());
            Object value = reader.readValue();
            int rest = held.length() - reader.position();
            System.arraycopy(held.array(), reader.position(), held.array(), 0, rest);
            held.setLength(rest);
            return value;
          }
        } catch (MsgpackException.Truncated e) {
          // read on
        }
        int count = in.read(more);
        if (count < 0) {
          return null;
        }
        held.write(more, 0, count);
      }
    }
  }
}
