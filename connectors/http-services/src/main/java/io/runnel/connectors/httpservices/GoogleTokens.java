package io.runnel.connectors.httpservices;

import io.runnel.event.Bytes;
import io.runnel.event.Json;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.client.AwsSigner;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Access tokens of Google: by the key of a service account, the login of a user, or the account of
 * the machine. Asked for again some minutes before they expire. Safe for use by several threads.
 */
final class GoogleTokens {
  private static final URI MACHINE =
      URI.create(
          "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token");
  private static final long EARLY_MILLIS = 300_000;
  private static final int MOST_ANSWER = 64 * 1024;

  /** Where a token comes from. */
  interface Source {
    /** The answer of the server of tokens. */
    HttpResponse ask(GoogleTokens tokens) throws IOException;
  }

  private final HttpDestination http;
  private final PluginContext context;
  private final String scope;
  private final Source source;
  private String token;
  private long expiresMillis;

  GoogleTokens(HttpDestination http, PluginContext context, String scope, Source source) {
    this.http = http;
    this.context = context;
    this.scope = scope;
    this.source = source;
  }

  /** The source that a configuration names; files are read with the first request. */
  static Source source(GoogleAccess access) {
    return switch (access.authMethod()) {
      case PRIVATE_KEY ->
          tokens ->
              tokens.askWith(
                  GoogleKey.ofPkcs12(
                      access.email().orElseThrow(),
                      Path.of(access.privateKeyPath().orElseThrow()),
                      access.privateKeyPassphrase(),
                      GoogleKey.TOKENS));
      case JSON_KEY -> jsonKey(access.jsonKey().orElseThrow());
      case COMPUTE_ENGINE -> GoogleTokens::askMachine;
      case APPLICATION_DEFAULT -> applicationDefault(System.getenv());
    };
  }

  /** A key as JSON, or a file with one. */
  static Source jsonKey(String key) {
    return tokens ->
        tokens.askWith(
            GoogleKey.ofJson(key.strip().startsWith("{") ? key : Files.readString(Path.of(key))));
  }

  /** The file that the environment names, else that of gcloud, else the machine's account. */
  static Source applicationDefault(Map<String, String> environment) {
    String named = environment.get("GOOGLE_APPLICATION_CREDENTIALS");
    Path usual =
        Path.of(
            environment.getOrDefault("HOME", "/"),
            ".config/gcloud/application_default_credentials.json");
    if (named == null && !Files.isReadable(usual)) {
      return GoogleTokens::askMachine;
    }
    Path file = named == null ? usual : Path.of(named);
    return tokens -> {
      String json = Files.readString(file);
      try {
        if (Json.parse(json) instanceof Map<?, ?> map && map.get("refresh_token") != null) {
          return tokens.askUser(map);
        }
      } catch (IllegalArgumentException e) {
        throw new IOException(file + " is no JSON", e);
      }
      return tokens.askWith(GoogleKey.ofJson(json));
    };
  }

  /** A token that is valid for some minutes more. */
  synchronized String get() throws IOException {
    long now = context.clock().millis();
    if (token == null || now > expiresMillis - EARLY_MILLIS) {
      HttpResponse answer;
      try {
        answer = source.ask(this);
      } catch (IOException e) {
        throw new IOException("cannot get a token of Google: " + e.getMessage(), e);
      }
      if (!answer.isSuccess()) {
        throw new IOException(
            "cannot get a token of Google: "
                + answer
                + " (the credentials are wrong or may not do this)");
      }
      read(answer.body(), now);
    }
    return token;
  }

  /** Asks anew at the next time: the token was not accepted. */
  synchronized void forget() {
    token = null;
  }

  private void read(String body, long now) throws IOException {
    try {
      if (Json.parse(body) instanceof Map<?, ?> map
          && map.get("access_token") instanceof String text) {
        long seconds = map.get("expires_in") instanceof Number number ? number.longValue() : 0;
        token = text;
        expiresMillis = now + seconds * 1_000;
        return;
      }
    } catch (IllegalArgumentException e) {
      // falls through: the message would show the token
    }
    throw new IOException("cannot get a token of Google: the answer has none");
  }

  private HttpResponse askWith(GoogleKey key) throws IOException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
    form.put("assertion", key.assertion(scope, context.clock().millis() / 1_000));
    return post(key.tokens(), form);
  }

  private HttpResponse askUser(Map<?, ?> login) throws IOException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "refresh_token");
    for (String name : new String[] {"client_id", "client_secret", "refresh_token"}) {
      form.put(name, String.valueOf(login.get(name)));
    }
    URI uri = login.get("token_uri") instanceof String text ? URI.create(text) : GoogleKey.TOKENS;
    return post(uri, form);
  }

  private HttpResponse askMachine() throws IOException {
    return http.ask(
        "GET", MACHINE, Map.of("Metadata-Flavor", "Google"), HttpBody.empty(), MOST_ANSWER);
  }

  private HttpResponse post(URI uri, Map<String, String> form) throws IOException {
    Bytes body = new Bytes(1024);
    body.utf8(
        form.entrySet().stream()
            .map(e -> e.getKey() + "=" + AwsSigner.escape(e.getValue()))
            .collect(Collectors.joining("&")));
    return http.ask(
        "POST",
        uri,
        Map.of("Content-Type", "application/x-www-form-urlencoded"),
        HttpBody.of(body),
        MOST_ANSWER);
  }
}
