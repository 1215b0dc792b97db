package io.runnel.connectors.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventTime;
import io.runnel.plugin.Filter;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GenidFilterTest {
  private static final long TIME = EventTime.pack(1_500_000_000L, 0);

  private static Filter filter(String config) {
    return TestPlugins.filter(GenidFilter.ELASTICSEARCH, config, new TestContext());
  }

  private static Object id(Filter filter, Map<String, ?> record, String key) throws Exception {
    return filter
        .filter("app.a", TestPlugins.stream(TIME, record))
        .events()
        .getFirst()
        .record()
        .get(key);
  }

  private static String hash(String algorithm, String seed) throws Exception {
    return Base64.getEncoder()
        .encodeToString(
            MessageDigest.getInstance(algorithm).digest(seed.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aRandomIdIsTheBase64OfAnUuid() throws Exception {
    String first = (String) id(filter(""), Map.of("a", 1), "_hash");
    String second = (String) id(filter(""), Map.of("a", 1), "_hash");
    assertThat(first).isNotEqualTo(second);
    assertThat(
            UUID.fromString(
                new String(Base64.getDecoder().decode(first), StandardCharsets.US_ASCII)))
        .isNotNull();
  }

  @Test
  void hashesTheNamedFields() throws Exception {
    String config = "use_record_as_seed true\nrecord_keys a,missing,c\nhash_id_key id\nseparator -";
    Map<String, Object> record = new LinkedHashMap<>(Map.of("a", "x", "b", 1));
    record.put("c", 1.5);
    assertThat(id(filter(config), record, "id")).isEqualTo(hash("SHA-1", "x--1.5"));
  }

  @Test
  void hashesTagTimeAndTheEntireRecordInTheOrderOfItsKeys() throws Exception {
    String config =
        "use_record_as_seed true\nuse_entire_record true\ninclude_tag_in_seed true\n"
            + "include_time_in_seed true\nhash_type sha512";
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("b", Map.of("n", 1));
    record.put("a", null);
    assertThat(id(filter(config), record, "_hash"))
        .isEqualTo(hash("SHA-512", "app.a_1500000000_|a||b|{\"n\"=>1}"));
  }

  @Test
  void eachHashIsTheOneThatIsNamed() throws Exception {
    for (GenidFilter.HashType type : GenidFilter.HashType.values()) {
      String name = type.name().toLowerCase(java.util.Locale.ROOT);
      String algorithm = name.equals("md5") ? "MD5" : name.replace("sha", "SHA-");
      String config = "use_record_as_seed true\nrecord_keys a\nhash_type " + name;
      assertThat(id(filter(config), Map.of("a", "x"), "_hash")).isEqualTo(hash(algorithm, "x"));
    }
  }

  @Test
  void aHashOfNothingIsRefused() {
    assertThatThrownBy(() -> filter("use_record_as_seed true"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("users must specify `record_keys`");
  }
}
