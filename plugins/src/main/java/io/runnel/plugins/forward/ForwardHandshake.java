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
import java.net.InetAddress;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The server's side of the forward protocol's authentication, for one connection: HELO goes out, a
 * PING comes in, a PONG goes out (forward protocol v1, "Connection setup and shutdown"). Secrets
 * are compared in constant time and never logged.
 */
public final class ForwardHandshake {
  private static final int NONCE_BYTES = 16;

  /**
   * What the server thinks of a PING.
   *
   * @param pong the answer to send
   * @param refusal null where the client is let in
   * @param log what the operator is told about a refusal; null where nothing
   */
  public record Verdict(byte[] pong, String refusal, String log, String hostname) {}

  private final ForwardSecurity security;
  private final byte[] nonce = new byte[NONCE_BYTES];
  private final byte[] auth;

  public ForwardHandshake(ForwardSecurity security, RandomGenerator random) {
    this.security = security;
    random.nextBytes(nonce);
    auth = new byte[NONCE_BYTES];
    random.nextBytes(auth);
  }

  /**
   * @param keepalive whether the connection may be used for several messages
   */
  public byte[] helo(boolean keepalive) {
    Bytes out = new Bytes(64);
    MsgpackWriter writer = new MsgpackWriter(out);
    writer.arrayHeader(2);
    writer.string("HELO");
    writer.mapHeader(3);
    writer.string("nonce");
    writer.binary(nonce, 0, nonce.length);
    writer.string("auth");
    writer.binary(auth, 0, auth.length);
    writer.string("keepalive");
    writer.bool(keepalive);
    return out.toByteArray();
  }

  /** Checks the client's answer, which is one MessagePack value. */
  public Verdict check(byte[] ping, int offset, int length, InetAddress peer) {
    List<?> parts;
    try {
      Object value = new MsgpackReader(ping, offset, length).readValue();
      parts = value instanceof List<?> list ? list : List.of();
    } catch (MsgpackException e) {
      parts = List.of();
    }
    if (parts.size() != 6 || !"PING".equals(text(parts.getFirst()))) {
      return refuse("invalid ping message", "invalid ping message", "");
    }
    String hostname = text(parts.get(1));
    ForwardSecurity.Node node = security.node(peer);
    String address = peer == null ? "unix" : peer.getHostAddress();
    if (node == null && !security.allowAnonymous()) {
      return refuse(
          "anonymous source host '" + address + "' denied",
          "Anonymous client disallowed",
          hostname);
    }
    byte[] salt = bytes(parts.get(2));
    byte[] key = utf8(security.sharedKey(node));
    if (!same(digest(salt, bytes(parts.get(1)), nonce, key), parts.get(3))) {
      return refuse("shared_key mismatch", "Shared key mismatch", hostname);
    }
    if (security.userAuth() && !knows(node, text(parts.get(4)), parts.get(5))) {
      return refuse("username/password mismatch", "Authentication failed", hostname);
    }
    String self = security.selfHostname();
    byte[] pong = pong(true, "", self, digest(salt, utf8(self), nonce, key));
    return new Verdict(pong, null, null, hostname);
  }

  private boolean knows(ForwardSecurity.Node node, String username, Object password) {
    boolean known = false;
    for (String secret : security.passwords(node, username)) {
      known |= same(digest(auth, utf8(username), utf8(secret)), password);
    }
    return known;
  }

  private static Verdict refuse(String reason, String log, String hostname) {
    return new Verdict(pong(false, reason, "", ""), reason, log, hostname);
  }

  private static byte[] pong(boolean success, String reason, String hostname, String digest) {
    Bytes out = new Bytes(256);
    MsgpackWriter writer = new MsgpackWriter(out);
    writer.arrayHeader(5);
    writer.string("PONG");
    writer.bool(success);
    writer.string(reason);
    writer.string(hostname);
    writer.string(digest);
    return out.toByteArray();
  }
}
