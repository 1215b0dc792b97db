package io.runnel.connectors.aws;

import io.runnel.testkit.ConnectorContract;
import org.junit.jupiter.api.Test;

class AwsPluginsTest {
  @Test
  void theIndexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("aws", new AwsPlugins());
  }
}
