package io.runnel.connectors.uaparser;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.EventTime;
import io.runnel.plugin.Filter;
import io.runnel.testkit.ConnectorContract;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UaParserFilterTest {
  private static final String FIREFOX =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Firefox/115.0";
  private static final String IPHONE =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
          + " Gecko) Version/16.5 Mobile/15E148 Safari/604.1";

  @TempDir Path folder;
  private final TestContext context = new TestContext();

  @AfterEach
  void close() {
    context.close();
  }

  private Map<String, Object> filter(String config, Map<String, Object> record) throws Exception {
    Filter filter = TestPlugins.filter(UaParserFilter.TYPE, config, context);
    return filter
        .filter("app", TestPlugins.stream(EventTime.pack(1, 0), record))
        .events()
        .getFirst()
        .record();
  }

  @Test
  void indexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("ua-parser", new UaParserPlugins());
  }

  @Test
  void browserSystemAndDeviceAreAdded() throws Exception {
    assertThat(filter("", Map.of("user_agent", FIREFOX)))
        .containsEntry("user_agent", FIREFOX)
        .containsEntry(
            "ua",
            Map.of(
                "browser",
                Map.of("family", "Firefox", "version", "115.0", "major_version", 115L),
                "os",
                Map.of("family", "Windows", "version", "10", "major_version", 10L),
                "device",
                "Other"));
  }

  @Test
  void fieldsMayBeFlatAndTheHeaderTakenOut() throws Exception {
    assertThat(
            filter(
                "key_name agent\ndelete_key true\nout_key c\nflatten true",
                Map.of("agent", IPHONE, "n", 1L)))
        .containsOnly(
            Map.entry("n", 1L),
            Map.entry("c_browser_family", "Mobile Safari"),
            Map.entry("c_browser_version", "16.5"),
            Map.entry("c_browser_major_version", 16L),
            Map.entry("c_os_family", "iOS"),
            Map.entry("c_os_version", "16.5.1"),
            Map.entry("c_os_major_version", 16L),
            Map.entry("c_device", "iPhone"));
  }

  @Test
  void whatIsUnknownHasNoVersionAndARecordWithoutHeaderStaysAsItIs() throws Exception {
    assertThat(filter("", Map.of("user_agent", "x".repeat(100_000))).get("ua"))
        .isEqualTo(
            Map.of(
                "browser",
                Map.of("family", "Other", "version", ""),
                "os",
                Map.of("family", "Other", "version", ""),
                "device",
                "Other"));
    assertThat(filter("", Map.of("n", 1L))).isEqualTo(Map.of("n", 1L));
  }

  @Test
  void otherPatternsAreTakenAndWrongOnesAreWarnedOf() throws Exception {
    Path patterns =
        Files.writeString(
            folder.resolve("own.yaml"),
            "user_agent_parsers:\n"
                + "  - regex: '(Mine)/(\\d+)x'\n"
                + "os_parsers: []\n"
                + "device_parsers: []\n");
    assertThat(filter("flatten true\npatterns_path " + patterns, Map.of("user_agent", "Mine/7x")))
        .containsEntry("ua_browser_family", "Mine")
        .containsEntry("ua_browser_major_version", 7L);
    assertThat(filter("flatten true\npatterns_path /nowhere", Map.of("user_agent", FIREFOX)))
        .containsEntry("ua_browser_family", "Firefox");
    assertThat(context.log().contains("Failed to configure parser. Use default pattern.")).isTrue();
  }
}
