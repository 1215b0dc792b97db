package io.runnel.connectors.sql;

import io.runnel.testkit.ConnectorContract;
import org.junit.jupiter.api.Test;

class SqlPluginsTest {
  @Test
  void indexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("sql", new SqlPlugins());
  }
}
