package io.runnel.plugins.input;

import io.runnel.net.Report;
import io.runnel.net.StreamLease;
import io.runnel.net.Threads;
import io.runnel.net.TlsContext;
import io.runnel.net.http.HttpHandler;
import io.runnel.net.http.HttpLimits;
import io.runnel.net.http.HttpServer;
import io.runnel.plugin.PluginContext;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;

/** What the network inputs share: how a server uses its plugin's context. */
public final class Servers {
  private Servers() {}

  public static Threads threads(PluginContext context) {
    return (name, virtual, task) ->
        virtual ? context.startVirtual(name, task) : context.start(name, task);
  }

  public static Report report(PluginContext context) {
    return (message, error) -> {
      if (error == null) {
        context.log().warn(message);
      } else {
        context.log().error(message, error);
      }
    };
  }

  /**
   * Starts a server of HTTP that takes in data, and says so in the log.
   *
   * @param name of the plugin
   * @param lease which the server owns from now on
   * @param bind as it was configured, for the log
   * @param tls null for plain HTTP
   * @param bodyBytes longest body as received
   * @param idle how long a connection may stay silent between requests
   */
  public static HttpServer ingest(
      PluginContext context,
      String name,
      StreamLease lease,
      String bind,
      TlsContext tls,
      HttpHandler handler,
      long bodyBytes,
      Duration idle)
      throws IOException {
    HttpLimits limits = HttpLimits.ingest(bodyBytes, idle, context.memory().receiving());
    HttpServer server =
        HttpServer.start(name, lease, tls, handler, limits, threads(context), report(context));
    context.log().debug("listening " + name, "bind", bind, "port", lease.port());
    return server;
  }

  /** The name of a client, looked up in the DNS; the address where it has none. */
  static String hostname(InetAddress address) {
    return address == null ? "localhost" : address.getCanonicalHostName();
  }

  /** The size of a buffer for datagrams, which are never longer than 64 KiB. */
  public static int datagramLength(long limit) {
    return (int) Math.clamp(limit, 1, 65_535);
  }

  /** The length of a text without a line end behind it. */
  static int withoutNewline(byte[] text, int offset, int length) {
    int end = offset + length;
    if (end > offset && text[end - 1] == '\n') {
      end--;
      if (end > offset && text[end - 1] == '\r') {
        end--;
      }
    }
    return end - offset;
  }
}
