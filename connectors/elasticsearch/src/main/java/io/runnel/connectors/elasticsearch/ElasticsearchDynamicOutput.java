package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigElement;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.event.EventCursor;
import io.runnel.event.EventTime;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.ruby.RubyHost;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sends events to Elasticsearch by names that are computed for each record. */
public final class ElasticsearchDynamicOutput implements ClusterOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("elasticsearch_dynamic", Config.class, ElasticsearchDynamicOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(ElasticsearchOutput.BUFFER);

  /** Sets of names that are remembered within a chunk. */
  private static final int MAX_WRITERS = 1000;

  @Doc(
      "Sends events to Elasticsearch by names that Ruby in ${…} computes for each record:"
          + " logstash_prefix, logstash_dateformat, index_name, type_name, time_key, tag_key,"
          + " id_key, parent_key, routing_key and write_operation; host and hosts by the tag.")
  record Config(
      @Inline ElasticsearchConfig base,
      @Inline TemplateConfig templates,
      @Doc("What separates the tag_parts.") @Default(".") String delimiter) {}

  /** The parameters, in the order of {@link Values}. */
  private record Texts(
      DynamicText prefix,
      DynamicText date,
      DynamicText index,
      DynamicText type,
      Optional<DynamicText> time,
      DynamicText tag,
      Optional<DynamicText> id,
      Optional<DynamicText> parent,
      Optional<DynamicText> routing,
      DynamicText operation) {
    Values expand(DynamicText.Scope scope) {
      return new Values(
          prefix.expand(scope),
          date.expand(scope),
          index.expand(scope),
          type.expand(scope),
          time.map(text -> text.expand(scope)).orElse(null),
          tag.expand(scope),
          id.map(text -> text.expand(scope)),
          parent.map(text -> text.expand(scope)),
          routing.map(text -> text.expand(scope)),
          operation.expand(scope));
    }
  }

  private record Values(
      String prefix,
      String date,
      String index,
      String type,
      String time,
      String tag,
      Optional<String> id,
      Optional<String> parent,
      Optional<String> routing,
      String operation) {}

  private final Config config;
  private final BulkOutput bulk;
  private final Texts texts;
  private final Templates templates;
  private final ConfigElement element;
  private final RubyHost host = RubyHost.system();

  ElasticsearchDynamicOutput(Config config, OutputContext context) {
    this.config = config;
    element = context.element();
    bulk = ElasticsearchOutput.bulk(config.base(), context);
    DocumentConfig documents = config.base().document();
    texts =
        new Texts(
            text("logstash_prefix", documents.logstashPrefix()),
            text("logstash_dateformat", documents.logstashDateformat()),
            text("index_name", documents.indexName()),
            text("type_name", config.base().typeName()),
            documents.timeKey().map(key -> text("time_key", key)),
            text("tag_key", documents.tagKey()),
            documents.idKey().map(key -> text("id_key", key)),
            documents.parentKey().map(key -> text("parent_key", key)),
            documents.routingKey().map(key -> text("routing_key", key)),
            text("write_operation", documents.writeOperation()));
    if (texts.operation().isConstant()) {
      Operation.of(documents.writeOperation(), element.placeOf("write_operation"));
    }
    templates = new Templates(bulk, config.templates(), null);
    bulk.checkBuffer(false);
    context
        .log()
        .warn(
            "Elasticsearch dynamic plugin will be deprecated and removed in the future. Please"
                + " consider to use normal Elasticsearch plugin");
  }

  private DynamicText text(String parameter, String value) {
    return new DynamicText(value, element.placeOf(parameter));
  }

  @Override
  public Cluster cluster() {
    return bulk.cluster();
  }

  private DynamicText.Scope scope(String tag, EventCursor event) {
    List<String> parts =
        Arrays.asList(tag.split(java.util.regex.Pattern.quote(config.delimiter()), -1));
    return event == null
        ? new DynamicText.Scope(tag, parts, null, null, host)
        : new DynamicText.Scope(tag, parts, EventTime.seconds(event.time()), event.record(), host);
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    ConnectionConfig connection = config.base().connection();
    DynamicText.Scope byTag = scope(chunk.tag() == null ? "" : chunk.tag(), null);
    Hosts hosts =
        bulk.hosts(
            connection.hosts().map(text -> text("hosts", text).expand(byTag)),
            text("host", connection.host()).expand(byTag));
    Names names =
        new Names(
            "", "", "", null, bulk.documents().pipeline(), config.templates().applicationName());
    bulk.deliver(
        chunk,
        hosts,
        templates,
        names,
        version -> {
          Map<Values, DocumentWriter> writers = new LinkedHashMap<>();
          return (event, tag) -> {
            if (writers.size() > MAX_WRITERS) {
              writers.clear();
            }
            return writers.computeIfAbsent(
                texts.expand(scope(tag, event)), values -> writer(values, version));
          };
        });
  }

  private DocumentWriter writer(Values values, int version) {
    Names names =
        new Names(
            values.prefix(),
            values.date(),
            values.index(),
            values.type(),
            bulk.documents().pipeline(),
            config.templates().applicationName());
    Fields fields =
        new Fields(
            Fields.accessor(values.id()),
            Fields.accessor(values.parent()),
            Fields.accessor(values.routing()),
            values.time(),
            values.tag(),
            bulk.documents().includeTagKey(),
            bulk.product().routingName(version));
    Operation operation = Operation.of(values.operation(), element.placeOf("write_operation"));
    return new DocumentWriter(
        bulk.product(),
        bulk.documents(),
        fields,
        bulk.times(),
        Plan.of(operation),
        names,
        version,
        Map.of());
  }
}
