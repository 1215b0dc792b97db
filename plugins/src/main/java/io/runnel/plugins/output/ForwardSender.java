package io.runnel.plugins.output;

import io.runnel.event.Bytes;
import io.runnel.host.Clock;
import io.runnel.net.TlsContext;
import io.runnel.plugins.client.ClientConnection;
import io.runnel.plugins.forward.ForwardClientHandshake;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A connection to one forward server for tools: message by message, each acknowledged before the
 * next is sent. Fluentd's forward protocol v1, PackedForward with option {@code chunk}.
 */
public final class ForwardSender implements Closeable {
  /**
   * How to prove who one is.
   *
   * @param username empty where the server asks for no user
   */
  public record Login(String selfHostname, String sharedKey, String username, String password) {}

  private final ClientConnection connection;
  private final int ackMillis;

  private ForwardSender(ClientConnection connection, int ackMillis) {
    this.connection = connection;
    this.ackMillis = ackMillis;
  }

  /**
   * @param host as it was given: the name that a certificate must have
   * @param tls empty for plain TCP
   * @param login empty where the server asks for nothing
   * @param timeoutMillis for the connection, each handshake and each ack
   */
  public static ForwardSender connect(
      String host,
      int port,
      Optional<TlsContext> tls,
      Optional<Login> login,
      int timeoutMillis,
      Clock clock)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException("host '" + host + "' is not known");
    }
    ClientConnection connection = ClientConnection.open(address, timeoutMillis, clock);
    try {
      if (tls.isPresent()) {
        connection.startTls(tls.get(), host, timeoutMillis);
      }
      if (login.isPresent()) {
        byte[] salt = new byte[16];
        new SecureRandom().nextBytes(salt);
        new ForwardClientHandshake(
                login.get().selfHostname(),
                login.get().sharedKey(),
                login.get().username(),
                login.get().password(),
                HexFormat.of().formatHex(salt))
            .run(connection, timeoutMillis);
      }
      return new ForwardSender(connection, timeoutMillis);
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Sends packed events and waits until the server has acknowledged them.
   *
   * @param id of the message, 16 bytes: a server that has acknowledged it before may drop it
   * @throws IOException where no ack came, or one of another message
   */
  public void send(String tag, byte[] id, byte[] entries, int length, int count)
      throws IOException {
    String ack = ForwardMessage.encode(id);
    Bytes head = ForwardMessage.head(tag, length);
    Bytes tail = ForwardMessage.options(count, Compression.TEXT, ack);
    connection.write(head.array(), 0, head.length());
    connection.write(entries, 0, length);
    connection.write(tail.array(), 0, tail.length());
    String answer = ForwardNode.readAck(connection, ackMillis);
    if (!ack.equals(answer)) {
      throw new IOException("the server acknowledged something else: " + answer);
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
