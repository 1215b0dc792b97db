package io.runnel.connectors.kubernetes;

import io.runnel.testkit.ConnectorContract;
import org.junit.jupiter.api.Test;

class KubernetesPluginsTest {
  @Test
  void indexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("kubernetes", new KubernetesPlugins());
  }
}
