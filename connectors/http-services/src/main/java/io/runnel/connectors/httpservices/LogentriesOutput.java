package io.runnel.connectors.httpservices;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Secret;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.ChunkEvent;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.common.FieldText;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sends events to Logentries (now Rapid7) as lines with a token (fluent-plugin-logentries). */
final class LogentriesOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("logentries", Config.class, LogentriesOutput::output)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.none());

  @Doc("Sends events to Logentries over TCP or TLS.")
  record Config(
      @Doc("A YAML file with the tokens: NAME: {app: TOKEN, access: TOKEN, error: TOKEN}.")
          String configPath,
      @Doc("Speaks TLS.") @Default("true") boolean useSsl,
      @Doc("Sends records as JSON; else their field message, and none without it.")
          @Default("false")
          boolean useJson,
      @Doc("Port of the service.") @Default("20000") int port,
      @Doc("Host of the service.") @Default("data.logentries.com") String host,
      @Doc("tcp; the gem's udp is refused, because nothing would notice its losses.")
          @Default("tcp")
          String protocol,
      @Doc("Not used: the buffer tries again.") @Default("3") int maxRetries,
      @Doc("Events with this tag take the token access.") @Default("logs-access")
          String tagAccessLog,
      @Doc("Events with this tag take the token error.") @Default("logs-error") String tagErrorLog,
      @Doc("The token of events that no name of the file is for; they are left out where absent.")
          @Secret
          Optional<String> defaultToken) {}

  private final Config config;
  private final TokenFile tokens;

  private LogentriesOutput(Config config, TokenFile tokens) {
    this.config = config;
    this.tokens = tokens;
  }

  private static Output output(Config config, OutputContext context) {
    if (!config.protocol.equals("tcp") && !config.useSsl) {
      throw new ConfigException(
          "protocol must be tcp: over udp losses would not be noticed",
          context.element().placeOf("protocol"));
    }
    LogentriesOutput output =
        new LogentriesOutput(config, new TokenFile(Path.of(config.configPath), context.log()));
    return new LineOutput(
        context,
        new LineConnection(
            context,
            config.host,
            config.port,
            config.useSsl ? Optional.of(HttpDestination.tls(List.of(), true)) : Optional.empty()),
        output::encode);
  }

  /** {@code TOKEN MESSAGE} and a line end; a message is one line. */
  private Boolean encode(ChunkEvent event, Bytes out) {
    Map<String, Object> record = event.record();
    if (!config.useJson && !record.containsKey("message")) {
      return null;
    }
    String token = token(event.tag(), record);
    if (token == null) {
      return null;
    }
    out.utf8(token);
    out.write(' ');
    if (config.useJson) {
      MsgpackToJson.write(event.bytes(), event.offset(), event.length(), out);
    } else {
      out.utf8(FieldText.of(record.get("message")).stripTrailing());
    }
    out.ascii(" \n");
    return true;
  }

  private String token(String tag, Map<String, Object> record) {
    String app = FieldText.of(record.get("app_name"));
    Map<String, Map<String, String>> known;
    try {
      known = tokens.read();
    } catch (java.io.IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Map.Entry<String, Map<String, String>> each : known.entrySet()) {
      if (app.equals(each.getKey()) || tag.contains(each.getKey())) {
        Map<String, String> found = each.getValue();
        String kind =
            tag.equals(config.tagAccessLog)
                ? "access"
                : tag.equals(config.tagErrorLog) ? "error" : "app";
        return found.getOrDefault(kind, found.get("app"));
      }
    }
    return config.defaultToken.orElse(null);
  }
}
