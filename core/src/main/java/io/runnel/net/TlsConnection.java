package io.runnel.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A TLS connection on top of a plain one. The handshake happens with the first read or write, in
 * the thread of the connection, so a client that dawdles over it holds up nobody else.
 */
public final class TlsConnection implements Connection {
  private final PlainConnection plain;
  private final SSLSocket socket;
  private final InputStream in;
  private final OutputStream out;

  private TlsConnection(PlainConnection plain, SSLSocket socket) throws IOException {
    this.plain = plain;
    this.socket = socket;
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  /** The server's side of a connection that was just accepted. */
  public static TlsConnection accept(PlainConnection plain, TlsContext tls) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.context().getSocketFactory().createSocket(plain.channel().socket(), null, true);
    socket.setUseClientMode(false);
    socket.setSSLParameters(tls.parameters());
    return new TlsConnection(plain, socket);
  }

  /**
   * The client's side; shakes hands before it returns.
   *
   * @param host the name that was asked for, sent as SNI and compared with the certificate
   */
  public static TlsConnection connect(PlainConnection plain, TlsContext tls, String host)
      throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.context()
                .getSocketFactory()
                .createSocket(plain.channel().socket(), host, plain.peerPort(), true);
    socket.setUseClientMode(true);
    SSLParameters parameters = tls.parameters();
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return new TlsConnection(plain, socket);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return in.read(target, offset, length);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    out.write(source, offset, length);
    out.flush();
  }

  @Override
  public InetAddress peer() {
    return plain.peer();
  }

  @Override
  public int peerPort() {
    return plain.peerPort();
  }

  @Override
  public void endInput() {
    plain.endInput();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // The plain connection is closed in any case.
    } finally {
      plain.close();
    }
  }

  @Override
  public void abort() {
    plain.abort();
  }
}
