package io.runnel.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.plugin.PluginKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectorIndexTest {
  @Test
  void readsConnectorsWithTheirPluginsAndOtherNames() {
    List<ConnectorIndex> read =
        ConnectorIndex.parse(
            "# two\nconnector kafka\noutput kafka2 kafka kafka_buffered\ninput kafka\n\n"
                + "connector s3\n  output s3  \n");
    assertThat(read).extracting(ConnectorIndex::name).containsExactly("kafka", "s3");
    ConnectorIndex kafka = read.getFirst();
    assertThat(kafka.has(PluginKind.OUTPUT, "kafka_buffered")).isTrue();
    assertThat(kafka.has(PluginKind.INPUT, "kafka_buffered")).isFalse();
    assertThat(kafka.has(PluginKind.OUTPUT, "s3")).isFalse();
    assertThat(kafka.names(PluginKind.OUTPUT)).containsExactly("kafka2");
  }

  @Test
  void namesTheLineThatIsWrong() {
    assertThatThrownBy(() -> ConnectorIndex.parse("connector a\nsink b"))
        .hasMessage("line 2: not a kind of plugin: sink");
    assertThatThrownBy(() -> ConnectorIndex.parse("output b"))
        .hasMessageContaining("must come first");
    assertThatThrownBy(() -> ConnectorIndex.parse("connector ../x"))
        .hasMessage("line 1: not a name: ../x");
    assertThatThrownBy(() -> ConnectorIndex.parse("connector")).hasMessageContaining("line 1");
  }
}
