package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.time.Zone;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceholdersTest {
  private static BufferConfig buffer(long timekey, String... keys) {
    return new BufferConfig(
        "memory",
        List.of(keys),
        timekey == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(timekey)),
        Duration.ofSeconds(600),
        false,
        "+00:00",
        "text",
        1,
        Duration.ofSeconds(60),
        Optional.empty(),
        new ByteSize(1));
  }

  private static void refused(String template, BufferConfig buffer, String words) {
    assertThatThrownBy(() -> Placeholders.validate("path", template, buffer))
        .isInstanceOf(ConfigException.class)
        .hasMessage("Parameter 'path: " + template + "' " + words);
  }

  private static void taken(String template, BufferConfig buffer) {
    assertThatCode(() -> Placeholders.validate("path", template, buffer))
        .doesNotThrowAnyException();
  }

  @Test
  void everyChunkKeyMustAppearAndNoOther() {
    taken("/x", buffer(0));
    taken("/x/${chunk_id}", buffer(0));
    taken("/x/%Y%m%d/${tag}/${k}", buffer(86_400, "time", "tag", "k"));
    taken("/x/${tag[1]}", buffer(0, "tag"));
    taken("/x/${$.a.b}", buffer(0, "$.a.b"));
    refused("/x", buffer(0, "tag"), "doesn't have tag placeholder");
    refused("/x/${tag}", buffer(0), "has tag placeholders, but chunk key 'tag' is not configured");
    refused("/x/${user}", buffer(0, "tag"), "doesn't have tag placeholder");
    refused("/x/${a}", buffer(0, "a", "b"), "doesn't have enough placeholders for keys b");
    refused("/x/${user}", buffer(0), "has placeholders, but chunk keys doesn't have keys user");
    refused(
        "/x/%H", buffer(0), "has timestamp placeholders, but chunk key 'time' is not configured");
  }

  @Test
  void theTimeMustBeAsFineAsTheSlices() {
    taken("/x/%Y%m%d%H", buffer(3600, "time"));
    taken("/x/%Y%m%d%H%M", buffer(3600, "time"));
    taken("/x/%F", buffer(86_400, "time"));
    refused(
        "/x/%Y%m%d", buffer(3600, "time"), "doesn't have timestamp placeholders for timekey 3600");
    refused("/x", buffer(60, "time"), "doesn't have timestamp placeholders for timekey 60");
  }

  private static Placeholders.Values values(String tag, Map<String, Object> variables) {
    return new Placeholders.Values(1_700_000_000L, tag, variables, "60a1", Zone.parse("+0900"));
  }

  private static String expand(String template, String tag) {
    return Placeholders.expand(template, values(tag, Map.of("k", "v1", "$.a.b", 7L))).text();
  }

  @Test
  void placeholdersAreReplaced() {
    assertThat(
            expand("/x/%Y%m%d_%H/${tag}/${tag[0]}-${tag[-1]}/${k}/${$.a.b}/${chunk_id}", "a.b.c"))
        .isEqualTo("/x/20231115_07/a.b.c/a-c/v1/7/60a1");
  }

  @Test
  void aValueIsNeverReadAsATimeFormatOrPlaceholder() {
    assertThat(expand("${tag}", "%Y.${k}.$1")).isEqualTo("%Y.${k}.$1");
  }

  @Test
  void whatHasNoValueBecomesEmptyAndIsTold() {
    Placeholders.Expanded expanded =
        Placeholders.expand("${none}/${tag[9]}", values("a.b", Map.of("k", "v")));
    assertThat(expanded.text()).isEqualTo("/${tag[9]}");
    assertThat(expanded.complete()).isFalse();
    Map<String, Object> nil = new HashMap<>();
    nil.put("k", null);
    assertThat(Placeholders.expand("<${k}>", values("a", nil)))
        .isEqualTo(new Placeholders.Expanded("<>", true));
  }

  @Test
  void withoutChunkKeysOnlyTheIdIsReplaced() {
    Placeholders.Values none = new Placeholders.Values(null, null, null, "60a1", Zone.UTC);
    assertThat(Placeholders.expand("%Y/${tag}/${chunk_id}", none).text())
        .isEqualTo("%Y/${tag}/60a1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../../etc", "/etc/passwd", "\\x", "a/../../b", "..", "a\\..\\b", "a\0b", "x/.."})
  void aValueMustNotLeadOutOfTheFolder(String value) {
    assertThatThrownBy(() -> expand("/x/${tag}", value))
        .isInstanceOf(UnrecoverableException.class)
        .hasMessageStartingWith("Invalid path component detected in '");
    assertThatThrownBy(() -> Placeholders.expand("/x/${k}", values("t", Map.of("k", value))))
        .isInstanceOf(UnrecoverableException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a..b", "...", "a.b/c", "x/.y"})
  void harmlessDotsAreTaken(String value) {
    assertThat(expand("/x/${tag}", value)).isEqualTo("/x/" + value);
  }
}
