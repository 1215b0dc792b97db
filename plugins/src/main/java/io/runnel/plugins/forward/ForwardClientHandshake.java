package io.runnel.plugins.forward;

import static io.runnel.plugins.forward.HandshakeText.bytes;
import static io.runnel.plugins.forward.HandshakeText.digest;
import static io.runnel.plugins.forward.HandshakeText.same;
import static io.runnel.plugins.forward.HandshakeText.text;
import static io.runnel.plugins.forward.HandshakeText.utf8;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugins.client.ClientConnection;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The client's side of the forward protocol's authentication: the server says HELO with a nonce,
 * the client proves in PING that it knows the shared key (and a password), the server does the same
 * in PONG. Forward protocol v1, "Connection setup and shutdown"; the digests are SHA-512 in hex.
 */
public final class ForwardClientHandshake {
  private final String selfHostname;
  private final String sharedKey;
  private final String username;
  private final String password;
  private final String salt;

  /**
   * @param salt 32 hexadecimal digits, fresh for each connection
   */
  public ForwardClientHandshake(
      String selfHostname, String sharedKey, String username, String password, String salt) {
    this.selfHostname = selfHostname;
    this.sharedKey = sharedKey;
    this.username = username;
    this.password = password;
    this.salt = salt;
  }

  /**
   * Runs it on a new connection; it may be used for messages afterwards.
   *
   * @throws IOException where the server refuses, does not know the key, or says something else
   */
  public void run(ClientConnection connection, int timeoutMillis) throws IOException {
    byte[] nonce = new byte[0];
    byte[] auth = new byte[0];
    try {
      List<?> helo = list(connection.readMessage(timeoutMillis));
      if (helo.size() != 2
          || !"HELO".equals(helo.get(0))
          || !(helo.get(1) instanceof Map<?, ?> map)) {
        throw new IOException("received invalid helo message from the server");
      }
      nonce = bytes(map.get("nonce"));
      auth = bytes(map.get("auth"));
    } catch (MsgpackException e) {
      throw new IOException("received invalid helo message from the server: " + e.getMessage(), e);
    }
    Bytes ping = ping(nonce, auth);
    connection.write(ping.array(), 0, ping.length());
    try {
      checkPong(list(connection.readMessage(timeoutMillis)), nonce);
    } catch (MsgpackException e) {
      throw new IOException("invalid format for PONG message: " + e.getMessage(), e);
    }
  }

  private Bytes ping(byte[] nonce, byte[] auth) {
    Bytes ping = new Bytes(512);
    MsgpackWriter writer = new MsgpackWriter(ping);
    writer.arrayHeader(6);
    writer.string("PING");
    writer.string(selfHostname);
    writer.string(salt);
    writer.string(digest(utf8(salt), utf8(selfHostname), nonce, utf8(sharedKey)));
    boolean withUser = auth.length > 0;
    writer.string(withUser ? username : "");
    writer.string(withUser ? digest(auth, utf8(username), utf8(password)) : "");
    return ping;
  }

  private void checkPong(List<?> pong, byte[] nonce) throws IOException {
    if (pong.size() != 5 || !"PONG".equals(pong.get(0))) {
      throw new IOException("invalid format for PONG message");
    }
    if (!Boolean.TRUE.equals(pong.get(1))) {
      throw new IOException("authentication failed: " + pong.get(2));
    }
    String server = text(pong.get(3));
    if (server.equals(selfHostname)) {
      throw new IOException(
          "same hostname between input and output: invalid configuration: " + selfHostname);
    }
    String expected = digest(utf8(salt), utf8(server), nonce, utf8(sharedKey));
    if (!same(expected, pong.get(4))) {
      throw new IOException("shared key mismatch");
    }
  }

  private static List<?> list(MsgpackReader message) {
    return message.readValue() instanceof List<?> list ? list : List.of();
  }
}
