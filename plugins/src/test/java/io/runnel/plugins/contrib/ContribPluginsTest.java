package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.plugin.PluginKind;
import io.runnel.plugins.BuiltinPlugins;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContribPluginsTest {
  @Test
  void theCatalogueListsEveryPlugin() {
    BuiltinPlugins plugins = new BuiltinPlugins();
    List<String> all = new ArrayList<>();
    for (PluginKind kind : PluginKind.values()) {
      for (String name : ContribPlugins.names(kind)) {
        assertThat(plugins.find(kind, name).name()).isEqualTo(name);
        assertThat(plugins.find(kind, name).kind()).isEqualTo(kind);
        assertThat(plugins.names(kind)).containsOnlyOnce(name);
        all.add(kind.text() + " " + name);
      }
    }
    assertThat(all)
        .containsExactlyInAnyOrder(
            "input dstat",
            "input gelf",
            "input http_heartbeat",
            "input named_pipe",
            "input pipe",
            "input prometheus",
            "input prometheus_monitor",
            "input prometheus_output_monitor",
            "input prometheus_tail_monitor",
            "input secure_forward",
            "input systemd",
            "filter concat",
            "filter deparser",
            "filter ecs_metadata",
            "filter elasticsearch_genid_ext",
            "filter ignore",
            "filter map",
            "filter parse_json_field",
            "filter prometheus",
            "filter record_modifier",
            "filter sampling",
            "filter systemd_entry",
            "filter typecast",
            "filter viaq_data_model",
            "output detect_exceptions",
            "output gelf",
            "output loki",
            "output map",
            "output named_pipe",
            "output parser",
            "output prometheus",
            "output record_modifier",
            "output record_reformer",
            "output rewrite_tag_filter",
            "output sampling_filter",
            "output secure_forward",
            "output statsd",
            "output typecast",
            "parser cri",
            "parser grok",
            "parser multi_format",
            "parser multiline_grok");
  }
}
