package io.runnel.connectors.geoip;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes databases as the MaxMind DB specification 2.0 says: a binary tree of addresses with
 * records of 32 bits, 16 zero bytes, the data of the networks, and the metadata behind its marker.
 */
final class DatabaseWriter {
  private static final int EMPTY = -1;
  private static final String MARKER = "abcdef4d61784d696e642e636f6d";

  private final int ipVersion;
  private final List<int[]> nodes = new ArrayList<>(List.of(new int[] {EMPTY, EMPTY}));

  /** Leaves of the tree, as -2 minus the offset of their data. */
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  DatabaseWriter(int ipVersion) {
    this.ipVersion = ipVersion;
  }

  /** Networks may not lie within each other. */
  DatabaseWriter add(String address, int prefix, Map<String, ?> value) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    boolean embedded = ipVersion == 6 && bytes.length == 4;
    byte[] bits = embedded ? ByteBuffer.allocate(16).put(12, bytes).array() : bytes;
    int last = prefix - 1 + (embedded ? 96 : 0);
    int node = 0;
    for (int i = 0; i < last; i++) {
      int next = nodes.get(node)[bit(bits, i)];
      if (next == EMPTY) {
        next = nodes.size();
        nodes.add(new int[] {EMPTY, EMPTY});
        nodes.get(node)[bit(bits, i)] = next;
      }
      node = next;
    }
    nodes.get(node)[bit(bits, last)] = -2 - data.size();
    write(value, data);
    return this;
  }

  private static int bit(byte[] bits, int index) {
    return bits[index / 8] >> 7 - index % 8 & 1;
  }

  Path write(Path file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int[] node : nodes) {
      for (int child : node) {
        int value =
            child == EMPTY ? nodes.size() : child < 0 ? nodes.size() + 16 - 2 - child : child;
        out.writeBytes(ByteBuffer.allocate(4).putInt(value).array());
      }
    }
    out.writeBytes(new byte[16]);
    data.writeTo(out);
    out.writeBytes(HexFormat.of().parseHex(MARKER));
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("node_count", nodes.size());
    metadata.put("record_size", 32);
    metadata.put("ip_version", ipVersion);
    metadata.put("database_type", "Test-City");
    metadata.put("languages", List.of("en"));
    metadata.put("binary_format_major_version", 2);
    metadata.put("binary_format_minor_version", 0);
    metadata.put("build_epoch", BigInteger.valueOf(1_700_000_000));
    metadata.put("description", Map.of("en", "A test"));
    write(metadata, out);
    return Files.write(file, out.toByteArray());
  }

  private static void write(Object value, ByteArrayOutputStream out) {
    switch (value) {
      case String text -> {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        control(2, bytes.length, out);
        out.writeBytes(bytes);
      }
      case Double number -> {
        control(3, 8, out);
        out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
      }
      case Integer number -> {
        control(6, 4, out);
        out.writeBytes(ByteBuffer.allocate(4).putInt(number).array());
      }
      case BigInteger number -> {
        control(9, 8, out);
        out.writeBytes(ByteBuffer.allocate(8).putLong(number.longValueExact()).array());
      }
      case Boolean flag -> control(14, flag ? 1 : 0, out);
      case List<?> list -> {
        control(11, list.size(), out);
        list.forEach(each -> write(each, out));
      }
      case Map<?, ?> map -> {
        control(7, map.size(), out);
        map.forEach(
            (key, each) -> {
              write(key, out);
              write(each, out);
            });
      }
      default -> throw new IllegalArgumentException(value.toString());
    }
  }

  /** Type in three bits, or in a byte of its own from 8 on; the size in five, or one byte more. */
  private static void control(int type, int size, ByteArrayOutputStream out) {
    if (size >= 29 + 256) {
      throw new IllegalArgumentException("too long: " + size);
    }
    out.write((type < 8 ? type << 5 : 0) | Math.min(size, 29));
    if (type >= 8) {
      out.write(type - 7);
    }
    if (size >= 29) {
      out.write(size - 29);
    }
  }
}
