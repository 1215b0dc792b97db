package io.runnel.connectors.elasticsearch;

import io.runnel.testkit.ConnectorContract;
import org.junit.jupiter.api.Test;

class ElasticsearchPluginsTest {
  @Test
  void theIndexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("elasticsearch", new ElasticsearchPlugins());
  }
}
