package io.runnel.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;

/** TLS in front of a server that speaks the same protocol without: both on the loopback. */
public final class TlsProxy implements AutoCloseable {
  private static final int WAITING = 50;

  private final ServerSocket server;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * Listens at a free port.
   *
   * @param context has the certificate that is shown
   * @param target the port of the server behind
   */
  public TlsProxy(SSLContext context, int target) throws IOException {
    this.target = target;
    this.server =
        context
            .getServerSocketFactory()
            .createServerSocket(0, WAITING, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("TLS proxy").start(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket near = keep(server.accept());
        Thread.ofVirtual().start(() -> serve(near));
      } catch (IOException e) {
        // closed, or a client that went away at once
      }
    }
  }

  private Socket keep(Socket socket) {
    open.add(socket);
    return socket;
  }

  private void serve(Socket near) {
    try (near;
        Socket far = keep(new Socket(InetAddress.getLoopbackAddress(), target))) {
      Thread back = Thread.ofVirtual().start(() -> copy(far, near));
      copy(near, far);
      back.join();
    } catch (IOException e) {
      // refused by the server behind, or the handshake failed: the client sees its end
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(near);
    }
  }

  /** Ends both where one ends: none of the protocols in use goes on one way. */
  private void copy(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException e) {
      // a handshake that failed, or an end in the middle
    } finally {
      open.remove(from);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
