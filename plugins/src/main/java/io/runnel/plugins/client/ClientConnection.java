package io.runnel.plugins.client;

import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.host.Clock;
import io.runnel.net.Connection;
import io.runnel.net.PlainConnection;
import io.runnel.net.TlsConnection;
import io.runnel.net.TlsContext;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One connection to a server, plain or TLS, with blocking calls by one thread at a time. Reads have
 * timeouts of their own; a write that makes no progress is ended from outside ({@link SendWatch}),
 * by closing the connection once {@link #stalledSince} is too long ago.
 */
public final class ClientConnection implements Closeable {
  /** Handshake messages and acks are far smaller; more is no answer of a forward server. */
  private static final int MAX_MESSAGE = 64 * 1024;

  /** Bytes between two signs of progress, and the size of one system call. */
  private static final int SLICE = 128 * 1024;

  private final Clock clock;
  private final SocketChannel channel;
  private final long connectNanos;
  private Connection tls;
  private byte[] received = new byte[512];
  private int receivedLength;
  private volatile long stalledSince;
  private volatile boolean writing;

  private ClientConnection(Clock clock, SocketChannel channel, long connectNanos) {
    this.clock = clock;
    this.channel = channel;
    this.connectNanos = connectNanos;
  }

  /** Connects to a TCP server. */
  public static ClientConnection open(InetSocketAddress address, int timeoutMillis, Clock clock)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      long start = clock.nanos();
      channel.socket().connect(address, timeoutMillis);
      long connectNanos = clock.nanos() - start;
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      return new ClientConnection(clock, channel, connectNanos);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Connects to a unix socket, only for writing. */
  public static ClientConnection openUnix(Path path, Clock clock) throws IOException {
    return new ClientConnection(clock, SocketChannel.open(UnixDomainSocketAddress.of(path)), 0);
  }

  /** How long the connection took to be made: about one round trip to the server. */
  public long connectNanos() {
    return connectNanos;
  }

  /**
   * Says that nothing more comes and waits until the server, too, has closed: by then it has read
   * everything. Only where plain.
   *
   * @return false where the server has not closed in time
   */
  public boolean finish(int timeoutMillis) {
    try {
      channel.shutdownOutput();
      long end = clock.nanos() + timeoutMillis * 1_000_000L;
      for (long left = timeoutMillis; left > 0; left = (end - clock.nanos()) / 1_000_000L) {
        if (read(received, 0, received.length, (int) left) < 0) {
          return true;
        }
      }
      return false;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // some servers close with a reset
    }
  }

  /** Lets the system test the connection while it is idle. */
  public void keepalivePackets() throws IOException {
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
  }

  /**
   * Goes over to TLS; what follows is encrypted.
   *
   * @param host the name that the certificate must have
   */
  public void startTls(TlsContext context, String host, int timeoutMillis) throws IOException {
    channel.socket().setSoTimeout(timeoutMillis);
    tls = TlsConnection.connect(new PlainConnection(channel), context, host);
  }

  /** When the current write last made progress (monotonic nanoseconds); -1 where there is none. */
  long stalledSince() {
    return writing ? stalledSince : -1;
  }

  public void write(byte[] source, int offset, int length) throws IOException {
    begin();
    try {
      for (int done = 0; done < length; ) {
        int slice = Math.min(SLICE, length - done);
        writeSlice(source, offset + done, slice);
        done += slice;
        stalledSince = clock.nanos();
      }
    } finally {
      writing = false;
    }
  }

  private void writeSlice(byte[] source, int offset, int length) throws IOException {
    if (tls != null) {
      tls.write(source, offset, length);
      return;
    }
    ByteBuffer slice = ByteBuffer.wrap(source, offset, length);
    while (slice.hasRemaining()) {
      channel.write(slice);
    }
  }

  /** Whether {@link #write(FileChannel, long)} spares a copy over writing arrays. */
  public boolean isPlain() {
    return tls == null;
  }

  /** Writes the first {@code length} bytes of a file, in the kernel; only where plain. */
  public void write(FileChannel file, long length) throws IOException {
    begin();
    try {
      for (long done = 0; done < length; ) {
        long moved = file.transferTo(done, Math.min(SLICE * 8L, length - done), channel);
        if (moved <= 0) {
          throw new EOFException("the chunk's file has " + done + " bytes of " + length);
        }
        done += moved;
        stalledSince = clock.nanos();
      }
    } finally {
      writing = false;
    }
  }

  /** A stream that writes here; closing it closes nothing. */
  public OutputStream stream() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        ClientConnection.this.write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] source, int offset, int length) throws IOException {
        ClientConnection.this.write(source, offset, length);
      }
    };
  }

  private void begin() {
    stalledSince = clock.nanos();
    writing = true;
  }

  /**
   * Reads one MessagePack value; its bytes are valid until the next call.
   *
   * @throws SocketTimeoutException where it is not whole after the time
   * @throws EOFException where the server has closed the connection
   */
  public MsgpackReader readMessage(int timeoutMillis) throws IOException {
    long end = clock.nanos() + timeoutMillis * 1_000_000L;
    receivedLength = 0;
    while (true) {
      MsgpackReader reader = new MsgpackReader(received, 0, receivedLength);
      try {
        reader.skip();
        reader.reset(received, 0, receivedLength);
        return reader;
      } catch (MsgpackException.Truncated e) {
        if (receivedLength >= MAX_MESSAGE) {
          throw new IOException("the server's answer is longer than " + MAX_MESSAGE + " bytes");
        }
      }
      if (receivedLength == received.length) {
        received = Arrays.copyOf(received, received.length * 2);
      }
      long left = (end - clock.nanos()) / 1_000_000L;
      if (left <= 0) {
        throw new SocketTimeoutException("no answer within " + timeoutMillis + " ms");
      }
      int count = read((int) left, received.length - receivedLength);
      if (count < 0) {
        throw new EOFException("the server closed the connection");
      }
      receivedLength += count;
    }
  }

  private int read(int timeoutMillis, int length) throws IOException {
    return read(received, receivedLength, length, timeoutMillis);
  }

  /**
   * Reads what is there, and waits where nothing is.
   *
   * @return the number of bytes; -1 at the end
   * @throws SocketTimeoutException where nothing came in time
   */
  int read(byte[] target, int offset, int length, int timeoutMillis) throws IOException {
    channel.socket().setSoTimeout(timeoutMillis);
    return tls != null
        ? tls.read(target, offset, length)
        : channel.socket().getInputStream().read(target, offset, length);
  }

  /**
   * Whether a kept connection can be used again: neither closed by the server nor with bytes that
   * nobody asked for.
   */
  public boolean isReusable() {
    if (!channel.isOpen()) {
      return false;
    }
    receivedLength = 0;
    try {
      if (tls == null) {
        channel.configureBlocking(false);
        try {
          return channel.read(ByteBuffer.wrap(received)) == 0;
        } finally {
          channel.configureBlocking(true);
        }
      }
      read(1, received.length); // also takes in what TLS says between messages
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      if (tls != null && !writing) {
        tls.close();
      }
      channel.close();
    } catch (IOException e) {
      // There is nothing left to do for a connection that is to end.
    }
  }
}
