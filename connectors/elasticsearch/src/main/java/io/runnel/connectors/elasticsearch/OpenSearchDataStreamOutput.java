package io.runnel.connectors.elasticsearch;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** Sends events to a data stream of OpenSearch. */
public final class OpenSearchDataStreamOutput implements ClusterOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("opensearch_data_stream", Config.class, OpenSearchDataStreamOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(ElasticsearchOutput.BUFFER);

  @Doc("Sends events to a data stream of OpenSearch; its template is made where it is not there.")
  record Config(
      @Inline OpenSearchConfig base,
      @Inline("use_legacy_template=false") TemplateConfig templates,
      @Doc("The stream; may hold placeholders of the chunk keys.") String dataStreamName,
      @Doc("Its index template; NAME_template where absent.")
          Optional<String> dataStreamTemplateName) {
    String template() {
      return dataStreamTemplateName.orElse(dataStreamName + "_template");
    }
  }

  private final Config config;
  private final BulkOutput bulk;
  private final Setup streams;

  OpenSearchDataStreamOutput(Config config, OutputContext context) {
    this.config = config;
    bulk = OpenSearchOutput.bulk(config.base(), context);
    if (!bulk.hasPlaceholder(config.dataStreamName())) {
      ElasticsearchDataStreamOutput.check("data_stream_name", config.dataStreamName(), context);
      ElasticsearchDataStreamOutput.check("data_stream_template_name", config.template(), context);
    }
    bulk.checkBuffer(bulk.hasPlaceholder(config.dataStreamName()));
    streams =
        new DataStreams(
            bulk,
            new DataStreams.Wanted(null, false, true, false),
            new Templates(bulk, config.templates(), null),
            this::parts);
  }

  private DataStreams.Parts parts(Chunk chunk) {
    String template = chunk.expand(config.template()).toLowerCase(Locale.ROOT);
    return new DataStreams.Parts(name(chunk), template, Optional.empty());
  }

  private String name(Chunk chunk) {
    return chunk.expand(config.dataStreamName()).toLowerCase(Locale.ROOT);
  }

  @Override
  public Cluster cluster() {
    return bulk.cluster();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    Names names = bulk.names(chunk, Optional.empty(), config.templates().applicationName());
    bulk.write(chunk, Plan.ofStream(name(chunk)), names, streams);
  }
}
