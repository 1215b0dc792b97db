package io.runnel.connectors.elasticsearch;

import io.runnel.config.Default;
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

/** Sends events to a data stream of Elasticsearch. */
public final class ElasticsearchDataStreamOutput implements ClusterOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output(
              "elasticsearch_data_stream", Config.class, ElasticsearchDataStreamOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(ElasticsearchOutput.BUFFER);

  @Doc("Sends events to a data stream of Elasticsearch, which is made where it is not there.")
  record Config(
      @Inline ElasticsearchConfig base,
      @Inline("use_legacy_template=false") TemplateConfig templates,
      @Doc("The stream; may hold placeholders of the chunk keys.") String dataStreamName,
      @Doc("Its lifecycle policy; NAME_policy where absent.") Optional<String> dataStreamIlmName,
      @Doc("Its index template; NAME_template where absent.")
          Optional<String> dataStreamTemplateName,
      @Doc("The content of the policy (JSON); a common one where absent.")
          Optional<String> dataStreamIlmPolicy,
      @Doc("Replaces a policy that is there.") @Default("false")
          boolean dataStreamIlmPolicyOverwrite,
      @Doc("The template is for all names that begin like that of the stream.") @Default("true")
          boolean dataStreamTemplateUseIndexPatternsWildcard) {
    String policyName() {
      return dataStreamIlmName.orElse(dataStreamName + "_policy");
    }

    String template() {
      return dataStreamTemplateName.orElse(dataStreamName + "_template");
    }
  }

  private final Config config;
  private final BulkOutput bulk;
  private final Setup streams;

  ElasticsearchDataStreamOutput(Config config, OutputContext context) {
    this.config = config;
    bulk = ElasticsearchOutput.bulk(config.base(), context);
    if (!bulk.hasPlaceholder(config.dataStreamName())) {
      check("data_stream_name", config.dataStreamName(), context);
      check("data_stream_template_name", config.template(), context);
      check("data_stream_ilm_name", config.policyName(), context);
    }
    bulk.checkBuffer(bulk.hasPlaceholder(config.dataStreamName()));
    Object policy =
        config.dataStreamIlmPolicy().<Object>map(text -> text).orElse(Lifecycle.USUAL_POLICY);
    streams =
        new DataStreams(
            bulk,
            new DataStreams.Wanted(
                policy,
                config.dataStreamIlmPolicyOverwrite(),
                config.dataStreamTemplateUseIndexPatternsWildcard(),
                true),
            new Templates(bulk, config.templates(), null),
            this::parts);
  }

  static void check(String parameter, String value, OutputContext context) {
    StreamNames.check(parameter, value, context.element().placeOf(parameter));
  }

  private DataStreams.Parts parts(Chunk chunk) {
    return new DataStreams.Parts(
        name(chunk),
        chunk.expand(config.template()),
        Optional.of(chunk.expand(config.policyName())));
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
    Names names =
        bulk.names(
            chunk, Optional.of(config.base().typeName()), config.templates().applicationName());
    bulk.write(chunk, Plan.ofStream(name(chunk)), names, streams);
  }
}
