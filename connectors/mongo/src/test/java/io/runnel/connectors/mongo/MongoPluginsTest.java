package io.runnel.connectors.mongo;

import io.runnel.testkit.ConnectorContract;
import org.junit.jupiter.api.Test;

class MongoPluginsTest {
  @Test
  void indexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("mongo", new MongoPlugins());
  }
}
