package io.runnel.connectors.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.testkit.ConnectorContract;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import org.junit.jupiter.api.Test;

class RedisPluginsTest {
  @Test
  void indexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("redis", new RedisPlugins());
  }

  @Test
  void chunkKeysMustHaveTagAndTime() {
    for (String key : new String[] {"tag", "time"}) {
      try (TestContext context = new TestContext().buffer(OutputDriver.buffer(key))) {
        assertThatThrownBy(() -> TestPlugins.output(RedisOutput.TYPE, "", context))
            .isInstanceOf(ConfigException.class)
            .hasMessage(
                "'" + (key.equals("tag") ? "time" : "tag") + "' in chunk_keys is required.");
      }
    }
  }

  @Test
  void aStoreNeedsAKeyAndNoSocket() {
    try (TestContext context = new TestContext().buffer(OutputDriver.buffer())) {
      assertThatThrownBy(() -> TestPlugins.output(RedisStoreOutput.TYPE, "", context))
          .hasMessage("either key_path or key is required");
      assertThatThrownBy(() -> TestPlugins.output(RedisStoreOutput.TYPE, "key a\npath /s", context))
          .hasMessageContaining("unix sockets are not supported");
    }
  }
}
