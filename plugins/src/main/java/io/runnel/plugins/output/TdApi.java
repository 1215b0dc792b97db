package io.runnel.plugins.output;

import io.runnel.config.ConfigException;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpClient;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** The requests that out_tdlog makes to Treasure Data (REST API v3). */
final class TdApi {
  static final String API_HOST = "api.treasuredata.com";
  static final String IMPORT_HOST = "api-import.treasuredata.com";

  private static final String UNESCAPED = "-_!~*'()";
  private static final String USER_AGENT = "fluent-plugin-td: 1.2.0; TD-Client-Ruby: 1.0.8; runnel";

  private final HttpClient http;
  private final String apiKey;
  private final URI imports;
  private final URI api;

  /**
   * @param imports where chunks go
   * @param api where databases and tables are made
   */
  TdApi(HttpClient http, String apiKey, URI imports, URI api) {
    this.http = http;
    this.apiKey = apiKey;
    this.imports = imports;
    this.api = api;
  }

  /**
   * The base URL of an endpoint.
   *
   * @param endpoint {@code host}, {@code host:port} or a URL, whose scheme then counts
   */
  static URI base(String endpoint, boolean ssl) {
    try {
      URI uri =
          new URI(endpoint.contains("://") ? endpoint : (ssl ? "https://" : "http://") + endpoint);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (!http || uri.getHost() == null) {
        throw new ConfigException("Invalid endpoint: " + endpoint);
      }
      return uri;
    } catch (URISyntaxException e) {
      throw new ConfigException("Invalid endpoint: " + endpoint + ": " + e.getMessage());
    }
  }

  /** Chunks sent to the general host go to the one for imports. */
  static URI importBase(URI uri) {
    return API_HOST.equals(uri.getHost())
        ? URI.create(uri.toString().replaceFirst(API_HOST.replace(".", "\\."), IMPORT_HOST))
        : uri;
  }

  /** Uploads records; the id makes repeats harmless. */
  HttpResponse upload(String database, String table, String id, HttpBody gzip) throws IOException {
    return send(
        "PUT",
        imports,
        "/v3/table/import_with_id/"
            + escape(database)
            + "/"
            + escape(table)
            + "/"
            + escape(id)
            + "/msgpack.gz",
        "application/octet-stream",
        gzip);
  }

  /** An upload without records, to see whether the table is there. */
  HttpResponse probe(String database, String table, HttpBody gzip) throws IOException {
    return send(
        "PUT",
        imports,
        "/v3/table/import/" + escape(database) + "/" + escape(table) + "/msgpack.gz",
        "application/octet-stream",
        gzip);
  }

  HttpResponse createTable(String database, String table) throws IOException {
    return post("/v3/table/create/" + escape(database) + "/" + escape(table) + "/log");
  }

  HttpResponse createDatabase(String database) throws IOException {
    return post("/v3/database/create/" + escape(database));
  }

  private HttpResponse post(String path) throws IOException {
    return send("POST", api, path, "application/x-www-form-urlencoded", HttpBody.empty());
  }

  private HttpResponse send(String method, URI base, String path, String type, HttpBody body)
      throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Authorization", "TD1 " + apiKey);
    headers.put(
        "Date",
        DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.now().atOffset(ZoneOffset.UTC)));
    headers.put("Content-Type", type);
    headers.put("User-Agent", USER_AGENT);
    String prefix = base.getRawPath() == null ? "" : base.getRawPath().replaceFirst("/$", "");
    URI uri = URI.create(base.getScheme() + "://" + base.getRawAuthority() + prefix + path);
    return http.send(method, uri, headers, body);
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || UNESCAPED.indexOf(c) >= 0)) {
        out.append(c);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return out.toString();
  }
}
