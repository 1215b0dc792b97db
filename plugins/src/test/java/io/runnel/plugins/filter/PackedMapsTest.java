package io.runnel.plugins.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.MsgpackWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackedMapsTest {
  private static MsgpackReader packed(Map<String, Object> map) {
    Bytes out = new Bytes();
    out.ascii("..");
    new MsgpackWriter(out).value(map);
    return new MsgpackReader(out.array(), 2, out.length() - 2);
  }

  private static Map<String, Object> randomMap(Random random, int size) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      String key = "k".repeat(random.nextInt(3) * 20) + random.nextInt(30);
      map.put(
          key, random.nextBoolean() ? (Object) random.nextLong() : List.of("x", Map.of("y", 1L)));
    }
    return map;
  }

  @Test
  void mergesAsMapsDo() {
    Random random = new Random(17);
    for (int i = 0; i < 3_000; i++) {
      Map<String, Object> base = randomMap(random, random.nextInt(i % 50 == 0 ? 200 : 12));
      Map<String, Object> overlay = randomMap(random, random.nextInt(i % 50 == 1 ? 200 : 12));
      List<byte[]> dropped = new ArrayList<>();
      Map<String, Object> expected = new LinkedHashMap<>(base);
      expected.putAll(overlay);
      for (int k = random.nextInt(4); k > 0; k--) {
        String key = Integer.toString(random.nextInt(30));
        expected.remove(key);
        dropped.add(key.getBytes(StandardCharsets.UTF_8));
      }
      byte[][] without = dropped.toArray(byte[][]::new);
      Bytes out = new Bytes();
      PackedMaps.merge(packed(base), packed(overlay), without, without, out);
      Map<String, Object> merged = new MsgpackReader(out.array(), 0, out.length()).readRecord();
      // as text, since the order counts too
      assertThat(MsgpackToJson.text(merged)).isEqualTo(MsgpackToJson.text(expected));
    }
  }

  @Test
  void keysGetAPrefix() {
    Bytes out = new Bytes();
    MsgpackReader map = packed(Map.of("key", 1L));
    PackedMaps.prefixKeys(
        map, "long prefix of more than 32 bytes: ".getBytes(StandardCharsets.UTF_8), out);
    assertThat(new MsgpackReader(out.array(), 0, out.length()).readRecord())
        .containsExactly(Map.entry("long prefix of more than 32 bytes: key", 1L));
  }
}
