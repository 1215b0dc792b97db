package io.runnel.connectors.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, and with which words. */
class SettingsTest {
  private static void output(String config) {
    try (TestContext context = new TestContext().buffer(OutputDriver.buffer("tag"))) {
      TestPlugins.output(MongoOutput.TYPE, config.replace(";", "\n"), context);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "collection a|connection_string or database parameter is required",
        "database a|normal mode requires collection parameter",
        "database a;collection b;capped|'capped_size' parameter is required",
        "database a;collection b;user u;auth_mech md5|md5 is invalid, please use one of",
        "database a;collection b;user u;auth_mech scram|auth_mech scram needs a password",
        "database a;collection b;port 0|is no host:port",
        "collection b;connection_string mongo://u:secret@h|connection_string: The connection"
            + " string",
        "database a;collection b;ssl;ssl_ca_cert /nowhere|does not exist:/nowhere",
      })
  void isRefused(String config, String message) {
    assertThatThrownBy(() -> output(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "nodes a:1,b:2|'replica_set' parameter is required",
        "nodes a:1,b:x;replica_set r|is no host:port",
        "nodes a:1;replica_set r;read third|read: valid options are primary",
      })
  void isRefusedForAReplicaSet(String config, String message) {
    try (TestContext context = new TestContext().buffer(OutputDriver.buffer("tag"))) {
      assertThatThrownBy(
              () ->
                  TestPlugins.output(
                      MongoReplsetOutput.TYPE,
                      "database a\ncollection b\n" + config.replace(";", "\n"),
                      context))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "collection c|'tag' or 'tag_key' option is required",
        "collection c;tag t;database d;url mongodb://h/d|Both 'database' and 'url' can not be set",
        "collection c;tag t|One of 'database' or 'url' must be specified",
        "collection c;tag t;database d;batch_size 0|Batch size must be positive.",
      })
  void isRefusedForTheInput(String config, String message) {
    try (TestContext context = new TestContext()) {
      assertThatThrownBy(
              () -> TestPlugins.input(MongoTailInput.TYPE, config.replace(";", "\n"), context))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void aMechanismOfEachKindIsTaken() {
    for (String mechanism : new String[] {"scram", "scram256", "plain", "aws"}) {
      output("database a;collection b;user u;password p;auth_mech " + mechanism);
    }
    output("database a;collection b;user u;auth_mech gssapi");
    output("database a;collection b;user u;auth_mech mongodb_x509;ssl");
  }

  @Test
  void theLimitOfChunksIsTheServers() {
    assertThat(chunkLimit("database a")).isEqualTo("8m");
    assertThat(chunkLimit("mongodb_smaller_bson_limit true")).isEqualTo("2m");
    assertThat(chunkLimit("mongodb_smaller_bson_limit false")).isEqualTo("8m");
  }

  private static String chunkLimit(String config) {
    return MongoWriter.bufferDefaults(TestPlugins.section("match", config))
        .parameters()
        .get("chunk_limit_size");
  }
}
