package io.runnel.connectors.opentelemetry;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.testkit.ConnectorContract;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpentelemetryPluginsTest {
  @Test
  void indexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("opentelemetry", new OpentelemetryPlugins());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "in|tag t|Please configure either <http> or <grpc> section, or both.",
        "in|tag t;<grpc>;body_size_limit 0;</grpc>|the size limits of <grpc> must be",
        "out|@id x|Please configure either <http> or <grpc> section.",
        "out|<http>;</http>;<grpc>;</grpc>|Please configure either <http> or <grpc> section.",
        "out|<grpc>;endpoint localhost;</grpc>|endpoint of <grpc> must be HOST:PORT",
        "out|<grpc>;endpoint a:70000;</grpc>|endpoint of <grpc> must be HOST:PORT",
        "out|<grpc>;endpoint unix:/a/b;</grpc>|endpoint of <grpc> must be HOST:PORT",
        "out|<http>;endpoint localhost;</http>|endpoint must be an http or https URL",
        "out|<http>;endpoint ftp://a;</http>|endpoint must be an http or https URL",
      })
  void isRefused(String kind, String config, String message) {
    try (TestContext context = new TestContext().buffer(OutputDriver.buffer("tag"))) {
      String text = config.replace(";", "\n");
      assertThatThrownBy(
              () -> {
                if (kind.equals("in")) {
                  TestPlugins.input(OpentelemetryInput.TYPE, text, context);
                } else {
                  TestPlugins.output(OpentelemetryOutput.TYPE, text, context);
                }
              })
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(message);
    }
  }
}
