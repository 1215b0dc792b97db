package io.runnel.connectors.httpservices;

import io.runnel.testkit.ConnectorContract;
import org.junit.jupiter.api.Test;

class HttpServicesPluginsTest {
  @Test
  void theIndexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("http-services", new HttpServicesPlugins());
  }
}
