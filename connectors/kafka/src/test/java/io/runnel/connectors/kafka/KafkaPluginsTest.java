package io.runnel.connectors.kafka;

import io.runnel.testkit.ConnectorContract;
import org.junit.jupiter.api.Test;

class KafkaPluginsTest {
  @Test
  void theIndexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("kafka", new KafkaPlugins());
  }
}
