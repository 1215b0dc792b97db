package io.runnel.event;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/** Measures CPU seconds per million records of about 225 bytes; run by hand. */
final class JsonToMsgpackSpeed {
  private JsonToMsgpackSpeed() {}

  public static void main(String[] args) {
    byte[] line =
        ("{\"time\":\"2026-01-02T03:04:05.678901234Z\",\"level\":\"INFO\",\"service\":\"checkout\","
                + "\"request\":{\"id\":\"7f9c2ba4e88f827d\",\"method\":\"POST\",\"path\":\"/api/v1/orders\",\"status\":201,\"seconds\":0.384},\"user\":48213,\"message\":\"order"
                + " accepted\",\"ok\":true}")
            .getBytes(StandardCharsets.UTF_8);
    JsonToMsgpack reader = new JsonToMsgpack();
    reader.watch("time".getBytes(StandardCharsets.UTF_8));
    Bytes out = new Bytes(1024);
    MsgpackWriter writer = new MsgpackWriter(out);
    var threads = ManagementFactory.getThreadMXBean();
    System.out.println(line.length + " bytes");
    for (int round = 0; round < 8; round++) {
      long start = threads.getCurrentThreadCpuTime();
      for (int i = 0; i < 1_000_000; i++) {
        out.clear();
        reader.transcode(line, 0, line.length, writer);
      }
      System.out.printf("%.3f%n", (threads.getCurrentThreadCpuTime() - start) / 1e9);
    }
  }
}
