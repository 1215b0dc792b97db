package io.runnel.net.http;

import io.runnel.net.Connection;
import io.runnel.net.ConnectionServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Serves one connection with blocking calls, in the connection's thread. */
final class HttpBlocking {
  private static final int READ_BYTES = 16 * 1024;
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final ConnectionServer.Session session;
  private final Connection connection;
  private final HttpHandler handler;
  private final HttpLimits limits;
  private final HttpParser parser;
  private long deadline;
  private long charged;

  HttpBlocking(ConnectionServer.Session session, HttpHandler handler, HttpLimits limits) {
    this.session = session;
    this.connection = session.connection();
    this.handler = handler;
    this.limits = limits;
    this.parser = new HttpParser(limits, connection.peer());
  }

  void serve() throws IOException {
    try {
      serveAll();
    } finally {
      uncharge();
    }
  }

  private void serveAll() throws IOException {
    int unmeasured = 0;
    while (true) {
      HttpParser.Result result = parser.advance();
      switch (result) {
        case REQUEST -> {
          session.busy();
          if (!answer()) {
            return;
          }
          session.touch();
          deadline = 0;
          continue;
        }
        case REJECTED -> {
          send(handler.rejection(parser.status(), parser.reason()), false);
          drain();
          return;
        }
        case CONTINUE -> connection.write(CONTINUE, 0, CONTINUE.length);
        case MORE -> {}
      }
      if (!charge()) {
        send(handler.rejection(503, "too much data is being received"), false);
        drain();
        return;
      }
      byte[] buffer = parser.room(READ_BYTES);
      int count = connection.read(buffer, parser.end(), READ_BYTES);
      if (count < 0 || session.isStopping()) {
        return;
      }
      parser.filled(count);
      unmeasured += count;
      if (unmeasured >= HttpLimits.PROGRESS_BYTES || deadline == 0) {
        unmeasured = 0;
        session.touch();
        deadline = System.nanoTime() + limits.body().toNanos();
      } else if (System.nanoTime() - deadline > 0) {
        send(handler.rejection(408, "Request Timeout"), false);
        return;
      }
    }
  }

  /** Counts what the buffer will grow by; false where all buffers together are too large. */
  private boolean charge() {
    int capacity = parser.capacityFor(READ_BYTES);
    if (capacity <= HttpLimits.FREE_BYTES || capacity <= charged) {
      return true;
    }
    if (!limits.buffered().take(capacity - charged)) {
      return false;
    }
    charged = capacity;
    return true;
  }

  private void uncharge() {
    limits.buffered().give(charged);
    charged = 0;
  }

  /** Handles the request that was found; false where the connection is to be closed. */
  private boolean answer() throws IOException {
    HttpRequest request = parser.request();
    HttpResponse response;
    try {
      response = handler.handle(request);
      handler.commit();
    } catch (Exception e) {
      response = handler.failure(e);
    }
    boolean keep = request.keepAlive() && !response.isClosing() && !session.isStopping();
    parser.next();
    uncharge();
    send(response, keep);
    return keep;
  }

  /** Reads what the client still sends, so that it gets to see the refusal. */
  private void drain() throws IOException {
    byte[] unwanted = new byte[READ_BYTES];
    long until = System.nanoTime() + HttpPeer.LINGER.toNanos();
    while (System.nanoTime() - until < 0 && connection.read(unwanted, 0, READ_BYTES) > 0) {
      session.touch();
    }
  }

  private void send(HttpResponse response, boolean keep) throws IOException {
    byte[] bytes = response.encoded(keep);
    connection.write(bytes, 0, bytes.length);
  }
}
