package io.runnel.plugins.contrib;

import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** The catalogue of this package; a type's class is loaded when it is asked for. */
public final class ContribPlugins {
  private ContribPlugins() {}

  /** The type of that name; null where there is none. */
  public static PluginType<?, ?, ?> find(PluginKind kind, String name) {
    return switch (kind) {
      case INPUT -> input(name);
      case FILTER -> filter(name);
      case OUTPUT -> output(name);
      case PARSER -> parser(name);
      default -> null;
    };
  }

  public static List<String> names(PluginKind kind) {
    return switch (kind) {
      case INPUT ->
          List.of(
              "dstat",
              "gelf",
              "http_heartbeat",
              "named_pipe",
              "pipe",
              "prometheus",
              "prometheus_monitor",
              "prometheus_output_monitor",
              "prometheus_tail_monitor",
              "secure_forward",
              "systemd");
      case FILTER ->
          List.of(
              "concat",
              "deparser",
              "ecs_metadata",
              "elasticsearch_genid_ext",
              "ignore",
              "map",
              "parse_json_field",
              "prometheus",
              "record_modifier",
              "sampling",
              "systemd_entry",
              "typecast",
              "viaq_data_model");
      case OUTPUT ->
          List.of(
              "detect_exceptions",
              "gelf",
              "loki",
              "map",
              "named_pipe",
              "parser",
              "prometheus",
              "record_modifier",
              "record_reformer",
              "rewrite_tag_filter",
              "sampling_filter",
              "secure_forward",
              "statsd",
              "typecast");
      case PARSER -> List.of("cri", "grok", "multi_format", "multiline_grok");
      default -> List.of();
    };
  }

  private static PluginType<?, ?, ?> input(String name) {
    return switch (name) {
      case "dstat" -> DstatInput.TYPE;
      case "gelf" -> GelfInput.TYPE;
      case "http_heartbeat" -> HttpHeartbeatInput.TYPE;
      case "named_pipe" -> NamedPipeInput.TYPE;
      case "pipe" -> NamedPipeInput.PIPE;
      case "prometheus" -> PrometheusInput.TYPE;
      case "prometheus_monitor" -> PrometheusMonitorInput.TYPE;
      case "prometheus_output_monitor" -> PrometheusMonitorInput.OUTPUTS;
      case "prometheus_tail_monitor" -> PrometheusMonitorInput.TAIL;
      case "secure_forward" -> SecureForwardInput.TYPE;
      case "systemd" -> SystemdInput.TYPE;
      default -> null;
    };
  }

  private static PluginType<?, ?, ?> filter(String name) {
    return switch (name) {
      case "concat" -> ConcatFilter.TYPE;
      case "deparser" -> DeparserFilter.TYPE;
      case "ecs_metadata", "ecs_metadata_filter" -> EcsMetadataFilter.TYPE;
      case "elasticsearch_genid_ext" -> GenidExtFilter.TYPE;
      case "ignore" -> IgnoreFilter.TYPE;
      case "map" -> MapFilter.TYPE;
      case "parse_json_field" -> ParseJsonFieldFilter.TYPE;
      case "prometheus" -> PrometheusFilter.TYPE;
      case "record_modifier" -> RecordModifierFilter.TYPE;
      case "sampling", "sampling_filter" -> SamplingFilter.TYPE;
      case "systemd_entry" -> SystemdEntryFilter.TYPE;
      case "typecast" -> TypecastFilter.TYPE;
      case "viaq_data_model" -> ViaqDataModelFilter.TYPE;
      default -> null;
    };
  }

  private static PluginType<?, ?, ?> parser(String name) {
    return switch (name) {
      case "cri" -> CriParser.TYPE;
      case "grok" -> GrokParser.TYPE;
      case "multi_format" -> MultiFormatParser.TYPE;
      case "multiline_grok" -> GrokParser.MULTILINE;
      default -> null;
    };
  }

  private static PluginType<?, ?, ?> output(String name) {
    return switch (name) {
      case "detect_exceptions" -> DetectExceptionsOutput.TYPE;
      case "gelf" -> GelfOutput.TYPE;
      case "loki" -> LokiOutput.TYPE;
      case "map" -> MapOutput.TYPE;
      case "named_pipe" -> NamedPipeOutput.TYPE;
      case "parser" -> ParserOutput.TYPE;
      case "prometheus" -> PrometheusOutput.TYPE;
      case "record_modifier" -> RecordModifierOutput.TYPE;
      case "record_reformer" -> RecordReformerOutput.TYPE;
      case "rewrite_tag_filter" -> RewriteTagFilterOutput.TYPE;
      case "sampling_filter" -> SamplingFilterOutput.TYPE;
      case "secure_forward" -> SecureForwardOutput.TYPE;
      case "statsd" -> StatsdOutput.TYPE;
      case "typecast" -> TypecastOutput.TYPE;
      default -> null;
    };
  }
}
