package io.runnel.plugins.input;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Clients of tests. */
final class Sockets {
  private Sockets() {}

  static void udp(int port, String... texts) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      for (String text : texts) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        socket.send(
            new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
      }
    }
  }

  /** Sends parts with a pause in between, and closes. */
  static void tcp(int port, String... parts) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      for (String part : parts) {
        socket.getOutputStream().write(part.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        Thread.sleep(20);
      }
    }
  }

  static byte[] readAll(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(all);
    } catch (IOException reset) {
      // the end as well
    }
    return all.toByteArray();
  }
}
