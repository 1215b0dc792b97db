package io.runnel.connectors.s3;

import io.runnel.testkit.ConnectorContract;
import org.junit.jupiter.api.Test;

class S3PluginsTest {
  @Test
  void indexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("s3", new S3Plugins());
  }
}
