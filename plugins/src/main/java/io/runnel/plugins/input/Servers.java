package io.runnel.plugins.input;

import io.runnel.net.Report;
import io.runnel.net.Threads;
import io.runnel.plugin.PluginContext;
import java.net.InetAddress;

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
