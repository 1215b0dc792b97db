package io.runnel.connectors.httpservices;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.event.Json;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.client.AwsSigner;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Posts a message in one of Slack's three ways. Safe for use by several threads at once. */
final class SlackClient {
  private enum Way {
    WEBHOOK,
    SLACKBOT,
    WEB_API
  }

  /** Errors that are about the message; all others time or an operator can mend. */
  private static final Set<String> ABOUT_MESSAGE =
      Set.of(
          "no_text", "msg_too_long", "invalid_payload", "invalid_blocks", "too_many_attachments");

  private final Way way;
  private final URI uri;
  private final SlackConfig config;
  private final HttpDestination http;
  private final OutputContext context;

  private SlackClient(
      Way way, URI uri, SlackConfig config, HttpDestination http, OutputContext context) {
    this.way = way;
    this.uri = uri;
    this.config = config;
    this.http = http;
    this.context = context;
  }

  static SlackClient of(SlackConfig config, HttpDestination http, OutputContext context) {
    check(config, context);
    if (config.webhookUrl().isPresent()) {
      unused(config.asUser(), "as_user", "Incoming Webhook", context);
      URI uri = Urls.parse(config.webhookUrl().get(), "webhook_url", context);
      return new SlackClient(Way.WEBHOOK, uri, config, http, context);
    }
    if (config.slackbotUrl().isPresent()) {
      unused(config.asUser(), "as_user", "Slackbot Remote Control", context);
      unused(config.username(), "username", "Slackbot Remote Control", context);
      unused(config.color(), "color", "Slackbot Remote Control", context);
      URI uri = Urls.parse(config.slackbotUrl().get(), "slackbot_url", context);
      return new SlackClient(Way.SLACKBOT, uri, config, http, context);
    }
    if (config.token().isPresent()) {
      URI uri = Urls.parse(config.apiUrl(), "api_url", context);
      return new SlackClient(Way.WEB_API, uri, config, http, context);
    }
    throw fault("One of `webhook_url` or `slackbot_url`, or `token` is required", context);
  }

  private static void check(SlackConfig config, OutputContext context) {
    if (config.iconEmoji().isPresent() && config.iconUrl().isPresent()) {
      throw fault("either of `icon_emoji` or `icon_url` can be specified", context);
    }
    boolean named =
        config.iconEmoji().isPresent()
            || config.iconUrl().isPresent()
            || config.username().isPresent();
    if (config.asUser().orElse(false) && named) {
      throw fault(
          "`username`, `icon_emoji` and `icon_url` cannot be specified when `as_user` is set to"
              + " true",
          context);
    }
    if (config.parse().isPresent() && !List.of("none", "full").contains(config.parse().get())) {
      throw fault("`parse` must be either of `none` or `full`", context);
    }
    if (config.autoChannelsCreate() && config.token().isEmpty()) {
      throw fault("`token` parameter is required to use `auto_channels_create`", context);
    }
  }

  private static ConfigException fault(String message, OutputContext context) {
    return new ConfigException(message, context.element().place());
  }

  private static void unused(Optional<?> value, String name, String way, OutputContext context) {
    if (value.isPresent()) {
      context.log().warn("out_slack: `" + name + "` parameter are not available for " + way);
    }
  }

  /**
   * Posts a message.
   *
   * @param payload channel, text or attachments, and what goes with them
   */
  void post(Map<String, Object> payload) throws IOException {
    switch (way) {
      case WEBHOOK -> postWebhook(payload);
      case SLACKBOT -> postSlackbot(payload);
      case WEB_API -> postWeb(payload);
    }
  }

  private void postWebhook(Map<String, Object> payload) throws IOException {
    String json =
        Json.write(payload).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    HttpResponse answer = send(uri, "application/json", json);
    expect(answer.body());
  }

  private void postSlackbot(Map<String, Object> payload) throws IOException {
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery() + "&";
    String channel = AwsSigner.escape(payload.get("channel").toString());
    URI target = uri.resolve(uri.getRawPath() + "?" + query + "channel=" + channel);
    expect(send(target, "text/plain; charset=utf-8", text(payload)).body());
  }

  private static String text(Map<String, Object> payload) {
    if (payload.get("text") != null) {
      return payload.get("text").toString();
    }
    Map<?, ?> attachment = (Map<?, ?>) ((List<?>) payload.get("attachments")).getFirst();
    return attachment.get("text") != null
        ? attachment.get("text").toString()
        : ((List<?>) attachment.get("fields"))
            .stream()
                .map(field -> ((Map<?, ?>) field).get("value").toString())
                .collect(Collectors.joining());
  }

  private void postWeb(Map<String, Object> payload) throws IOException {
    String error = web("chat.postMessage", payload);
    if (error.equals("channel_not_found") && config.autoChannelsCreate()) {
      String channel = payload.get("channel").toString();
      context
          .log()
          .warn("out_slack: channel \"" + channel + "\" is not found. try to create the channel");
      String name = channel.replaceFirst("^#", "");
      String failed = web("conversations.create", Map.of("name", name));
      if (!failed.isEmpty() && !failed.equals("name_taken")) {
        throw failure(failed);
      }
      error = web("chat.postMessage", payload);
    }
    if (!error.isEmpty()) {
      throw failure(error);
    }
  }

  /** Calls a method of the web interface; returns its error, empty for none. */
  private String web(String method, Map<String, Object> parameters) throws IOException {
    Map<String, String> form = new LinkedHashMap<>();
    parameters.forEach(
        (name, value) ->
            form.put(name, value instanceof List<?> ? Json.write(value) : value.toString()));
    form.put("token", config.token().orElseThrow());
    String body =
        form.entrySet().stream()
            .map(e -> e.getKey() + "=" + AwsSigner.escape(e.getValue()))
            .collect(Collectors.joining("&"));
    HttpResponse answer = send(uri.resolve(method), "application/x-www-form-urlencoded", body);
    try {
      if (Json.parse(answer.body()) instanceof Map<?, ?> map) {
        return Boolean.TRUE.equals(map.get("ok")) ? "" : String.valueOf(map.get("error"));
      }
    } catch (IllegalArgumentException e) {
      // falls through: no answer of Slack
    }
    throw new IOException(uri.getHost() + " did not answer as Slack does");
  }

  private HttpResponse send(URI target, String contentType, String text) throws IOException {
    Bytes body = new Bytes(text.length() + 64);
    body.utf8(text);
    return http.send("POST", target, Map.of("Content-Type", contentType), HttpBody.of(body));
  }

  private void expect(String body) throws IOException {
    if (!body.strip().equals("ok")) {
      throw failure(body.strip());
    }
  }

  /** The error to throw: for another try, unless it is about the message. */
  private IOException failure(String error) {
    String text = "out_slack: " + uri.getHost() + " answered " + error;
    if (ABOUT_MESSAGE.contains(error)) {
      throw new UnrecoverableException(text);
    }
    boolean credentials = error.contains("auth") || error.contains("token");
    return new IOException(
        text + (credentials ? " (the credentials are wrong or may not do this)" : ""));
  }
}
