package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.plugin.Filter;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GenidExtFilterTest {
  private static final String VIAQ =
      "hash_id_key id\nalt_key kubernetes.event.metadata.uid\nalt_tags router.** other.*";
  private static final Map<String, Object> EVENT =
      Map.of("kubernetes", Map.of("event", Map.of("metadata", Map.of("uid", "u-1"))));

  private final TestContext context = new TestContext();

  private Map<String, Object> filtered(String config, String tag, Map<String, Object> record)
      throws Exception {
    Filter filter = TestPlugins.filter(GenidExtFilter.TYPE, config, context);
    return filter.filter(tag, TestPlugins.stream(0, record)).events().getFirst().record();
  }

  private static void assertRandom(Object id) {
    byte[] text = Base64.getDecoder().decode((String) id);
    assertThat(new String(text, StandardCharsets.US_ASCII))
        .matches("[0-9a-f]{8}(-[0-9a-f]{4,12}){4}");
  }

  @Test
  void theIdIsARandomOneAndEachTimeAnother() throws Exception {
    Map<String, Object> one = filtered("", "t", Map.of("a", 1L));
    assertThat(one).containsOnlyKeys("a", "_hash").containsEntry("a", 1L);
    assertRandom(one.get("_hash"));
    assertThat(filtered("", "t", Map.of("a", 1L)).get("_hash")).isNotEqualTo(one.get("_hash"));
  }

  @Test
  void theRecordsOwnIdIsTakenForTheTagsThatAreNamed() throws Exception {
    assertThat(filtered(VIAQ, "router.a.b", EVENT)).containsEntry("id", "u-1").hasSize(2);
    assertThat(filtered(VIAQ, "other.a", EVENT)).containsEntry("id", "u-1");
    assertRandom(filtered(VIAQ, "app.a", EVENT).get("id"));
    assertRandom(filtered("hash_id_key id\nalt_key a", "t", Map.of("a", "u")).get("id"));
  }

  @Test
  void whatIsNoTextIsNoId() throws Exception {
    String config = "hash_id_key id\nalt_key a.b\nalt_tags **";
    for (Object value : new Object[] {5L, " ", Map.of("c", "x")}) {
      assertRandom(filtered(config, "t", Map.of("a", Map.of("b", value))).get("id"));
    }
    Map<String, Object> none = new LinkedHashMap<>();
    none.put("a", null);
    assertRandom(filtered(config, "t", none).get("id"));
    assertThat(context.log().texts())
        .contains(
            "debug: filter:elasticsearch_genid_ext: b in alt_key a.b is not a key of record.");
  }

  @Test
  void anIdThatIsThereAlreadyIsReplaced() throws Exception {
    assertRandom(filtered("", "t", Map.of("_hash", "old")).get("_hash"));
  }
}
