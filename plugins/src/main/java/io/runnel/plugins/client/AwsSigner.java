package io.runnel.plugins.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests for AWS ("Signature Version 4",
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
public final class AwsSigner {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final String service;
  private final String region;

  public AwsSigner(String service, String region) {
    this.service = service;
    this.region = region;
  }

  /**
   * The headers that make a request a signed one.
   *
   * @param signed headers that the request has anyway and that are to be signed, besides Host
   */
  public Map<String, String> sign(
      String method,
      URI uri,
      Map<String, String> signed,
      byte[] body,
      int bodyLength,
      AwsCredentials credentials,
      Instant now) {
    String stamp = STAMP.format(now);
    String bodyHash = hex(sha256(body, bodyLength));
    Map<String, String> added = new LinkedHashMap<>();
    added.put("x-amz-date", stamp);
    added.put("x-amz-content-sha256", bodyHash);
    if (credentials.sessionToken() != null) {
      added.put("x-amz-security-token", credentials.sessionToken());
    }
    TreeMap<String, String> headers = new TreeMap<>();
    signed.forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value.strip()));
    headers.putAll(added);
    headers.put("host", HttpClient.hostHeader(uri));
    String names = String.join(";", headers.keySet());
    String canonical =
        String.join(
            "\n",
            method,
            canonicalPath(uri),
            canonicalQuery(uri.getRawQuery()),
            headers.entrySet().stream()
                .map(header -> header.getKey() + ":" + header.getValue() + "\n")
                .collect(Collectors.joining()),
            names,
            bodyHash);
    String scope = stamp.substring(0, 8) + "/" + region + "/" + service + "/aws4_request";
    byte[] text = canonical.getBytes(StandardCharsets.UTF_8);
    String toSign =
        "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + hex(sha256(text, text.length));
    byte[] key = ("AWS4" + credentials.secretKey()).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/")) {
      key = hmac(key, part);
    }
    added.put(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
            .formatted(credentials.accessKeyId(), scope, names, hex(hmac(key, toSign))));
    return added;
  }

  /** The path as it is sent, escaped once more for all services but S3. */
  private String canonicalPath(URI uri) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    if (service.equals("s3")) {
      return path;
    }
    return Arrays.stream(path.split("/", -1))
        .map(AwsSigner::escape)
        .collect(Collectors.joining("/"));
  }

  private static String canonicalQuery(String query) {
    if (query == null || query.isEmpty()) {
      return "";
    }
    return Arrays.stream(query.split("&"))
        .map(part -> part.contains("=") ? part : part + "=")
        .sorted()
        .collect(Collectors.joining("&"));
  }

  /** Percent-encodes all but the unreserved characters of RFC 3986. */
  public static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || "-_.~".indexOf(c) >= 0;
      if (plain) {
        out.append(c);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return out.toString();
  }

  private static byte[] sha256(byte[] bytes, int length) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes, 0, length);
      return sha.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no HMAC-SHA-256", e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
