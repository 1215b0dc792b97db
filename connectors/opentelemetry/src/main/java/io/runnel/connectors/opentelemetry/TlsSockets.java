package io.runnel.connectors.opentelemetry;

import io.runnel.net.TlsContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sockets with TLS as the configuration wants it, for gRPC, which adds what HTTP/2 needs: at least
 * TLS 1.2 and its ciphers.
 */
final class TlsSockets extends SSLSocketFactory {
  private final TlsContext tls;
  private final boolean server;
  private final SSLSocketFactory plain;

  TlsSockets(TlsContext tls, boolean server) {
    this.tls = tls;
    this.server = server;
    plain = tls.context().getSocketFactory();
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocket secure = (SSLSocket) plain.createSocket(socket, host, port, autoClose);
    secure.setUseClientMode(!server);
    secure.setSSLParameters(tls.parameters());
    return secure;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return plain.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return plain.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw onlyLayered();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    throw onlyLayered();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw onlyLayered();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    throw onlyLayered();
  }

  private static SocketException onlyLayered() {
    return new SocketException("gRPC makes the connections itself");
  }
}
