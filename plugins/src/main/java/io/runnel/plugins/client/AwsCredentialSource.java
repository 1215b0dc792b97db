package io.runnel.plugins.client;

import io.runnel.event.Bytes;
import io.runnel.event.Json;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where credentials for AWS come from, in the order of Amazon's own tools: environment, a role with
 * a token in a file, shared credentials file (keys or {@code credential_process}), container,
 * instance; and on top of these, where one is configured, the role that they may assume. Asked for
 * again shortly before they expire. Safe for use by several threads.
 *
 * <p>The environment is the caller's to change: keys of a configuration are given as {@code
 * AWS_ACCESS_KEY_ID}, a program as {@link #PROCESS}.
 */
public final class AwsCredentialSource {
  private static final Duration EARLY = Duration.ofMinutes(5);
  private static final Duration PROCESS_LIMIT = Duration.ofSeconds(60);
  private static final String INSTANCE = "http://169.254.169.254";
  private static final int MOST_OUTPUT = 64 * 1024;
  private static final URI CONTAINER = URI.create("http://169.254.170.2");

  /** Not one of Amazon's variables: a command that prints credentials as JSON. */
  public static final String PROCESS = "RUNNEL_AWS_CREDENTIAL_PROCESS";

  private static final String STS = "AWS_ENDPOINT_URL_STS";
  private static final String TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE";

  private final HttpClient http;
  private final String region;
  private final Optional<AwsRole> role;
  private final Map<String, String> environment;
  private final Clock clock;
  private AwsCredentials known;

  /**
   * @param role the role to assume
   */
  public AwsCredentialSource(
      HttpClient http,
      String region,
      Optional<AwsRole> role,
      Map<String, String> environment,
      Clock clock) {
    this.http = http;
    this.region = region;
    this.role = role;
    this.environment = environment;
    this.clock = clock;
  }

  /** Credentials that are valid for some minutes more. */
  public synchronized AwsCredentials get() throws IOException {
    if (known == null || isOld(known)) {
      known = role.isPresent() ? assume(role.get()) : base();
    }
    return known;
  }

  private boolean isOld(AwsCredentials credentials) {
    return credentials.expires() != null
        && clock.instant().plus(EARLY).isAfter(credentials.expires());
  }

  private AwsCredentials base() throws IOException {
    String id = environment.get("AWS_ACCESS_KEY_ID");
    String secret = environment.get("AWS_SECRET_ACCESS_KEY");
    if (id != null && secret != null) {
      return new AwsCredentials(id, secret, environment.get("AWS_SESSION_TOKEN"), null);
    }
    if (environment.get(PROCESS) != null) {
      return process(environment.get(PROCESS));
    }
    if (environment.get(TOKEN_FILE) != null && environment.get("AWS_ROLE_ARN") != null) {
      return assume(
          AwsRole.of(environment.get("AWS_ROLE_ARN"), Optional.of(environment.get(TOKEN_FILE))));
    }
    Optional<AwsCredentials> shared = sharedFile();
    if (shared.isPresent()) {
      return shared.get();
    }
    String relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    String full = environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (relative != null || full != null) {
      return container(relative != null ? CONTAINER.resolve(relative) : URI.create(full));
    }
    return instance();
  }

  private Optional<AwsCredentials> sharedFile() throws IOException {
    String home = environment.getOrDefault("HOME", "/");
    Path path =
        Path.of(
            environment.getOrDefault("AWS_SHARED_CREDENTIALS_FILE", home + "/.aws/credentials"));
    if (!Files.isReadable(path)) {
      return Optional.empty();
    }
    String profile = environment.getOrDefault("AWS_PROFILE", "default");
    Map<String, String> values = new HashMap<>();
    boolean inside = false;
    for (String raw : Files.readAllLines(path, StandardCharsets.UTF_8)) {
      String line = raw.strip();
      if (line.startsWith("[")) {
        inside = line.equals("[" + profile + "]");
      } else if (inside && line.contains("=") && !line.startsWith("#")) {
        int equals = line.indexOf('=');
        values.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    String id = values.get("aws_access_key_id");
    String secret = values.get("aws_secret_access_key");
    if (id == null && values.get("credential_process") != null) {
      return Optional.of(process(values.get("credential_process")));
    }
    return id == null || secret == null
        ? Optional.empty()
        : Optional.of(new AwsCredentials(id, secret, values.get("aws_session_token"), null));
  }

  private AwsCredentials container(URI uri) throws IOException {
    Map<String, String> headers = new HashMap<>();
    String token = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    String tokenFile = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    if (tokenFile != null) {
      token = Files.readString(Path.of(tokenFile)).strip();
    }
    if (token != null) {
      headers.put("Authorization", token);
    }
    return parse(ask("GET", uri, headers));
  }

  /** The metadata service of EC2, version 2. */
  private AwsCredentials instance() throws IOException {
    URI service =
        URI.create(environment.getOrDefault("AWS_EC2_METADATA_SERVICE_ENDPOINT", INSTANCE));
    String token =
        ask(
            "PUT",
            service.resolve("/latest/api/token"),
            Map.of("X-aws-ec2-metadata-token-ttl-seconds", "21600"));
    Map<String, String> headers = Map.of("X-aws-ec2-metadata-token", token.strip());
    URI list = service.resolve("/latest/meta-data/iam/security-credentials/");
    String name = ask("GET", list, headers).strip().lines().findFirst().orElse("");
    return parse(ask("GET", list.resolve(AwsSigner.escape(name)), headers));
  }

  private String ask(String method, URI uri, Map<String, String> headers) throws IOException {
    try {
      HttpResponse answer = http.send(method, uri, headers, HttpBody.empty());
      if (answer.isSuccess()) {
        return answer.body();
      }
      throw new IOException(uri + " answered " + answer.status());
    } catch (IOException e) {
      throw new IOException("unable to find AWS credentials: " + e.getMessage(), e);
    }
  }

  private static AwsCredentials parse(String json) throws IOException {
    try {
      if (Json.parse(json) instanceof Map<?, ?> map
          && map.get("AccessKeyId") instanceof String id
          && map.get("SecretAccessKey") instanceof String secret) {
        Object token = map.get("Token") != null ? map.get("Token") : map.get("SessionToken");
        Object expires = map.get("Expiration");
        return new AwsCredentials(
            id,
            secret,
            token == null ? null : token.toString(),
            expires == null ? null : Instant.parse(expires.toString()));
      }
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new IOException("unable to read the AWS credentials: no JSON as expected", e);
    }
    throw new IOException("unable to read the AWS credentials: keys are missing");
  }

  /** Runs a program that prints credentials as JSON, as Amazon's tools do. */
  private static AwsCredentials process(String command) throws IOException {
    Process process =
        new ProcessBuilder("/bin/sh", "-c", command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    try {
      CompletableFuture<byte[]> output = CompletableFuture.supplyAsync(() -> read(process));
      byte[] text = output.get(PROCESS_LIMIT.toSeconds(), TimeUnit.SECONDS);
      return parse(new String(text, StandardCharsets.UTF_8));
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("unable to find AWS credentials: the program does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static byte[] read(Process process) {
    try {
      return process.getInputStream().readNBytes(MOST_OUTPUT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private AwsCredentials assume(AwsRole wanted) throws IOException {
    Optional<String> own =
        Optional.ofNullable(
            environment.get("AWS_ROLE_ARN") == null ? environment.get(TOKEN_FILE) : null);
    Optional<String> tokenFile = wanted.tokenFile().or(() -> own);
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Action", tokenFile.isPresent() ? "AssumeRoleWithWebIdentity" : "AssumeRole");
    fields.put("Version", "2011-06-15");
    fields.put("RoleSessionName", wanted.session());
    fields.put("RoleArn", wanted.arn());
    wanted.policy().ifPresent(policy -> fields.put("Policy", policy));
    wanted
        .duration()
        .ifPresent(duration -> fields.put("DurationSeconds", "" + duration.toSeconds()));
    wanted.externalId().ifPresent(id -> fields.put("ExternalId", id));
    if (tokenFile.isPresent()) {
      fields.put("WebIdentityToken", Files.readString(Path.of(tokenFile.get())).strip());
    }
    Bytes body = new Bytes(256);
    body.utf8(
        fields.entrySet().stream()
            .map(field -> field.getKey() + "=" + AwsSigner.escape(field.getValue()))
            .collect(Collectors.joining("&")));
    URI sts =
        wanted
            .endpoint()
            .or(() -> Optional.ofNullable(environment.get(STS)).map(URI::create))
            .orElse(URI.create("https://sts." + region + ".amazonaws.com/"));
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/x-www-form-urlencoded");
    if (tokenFile.isEmpty()) {
      headers.putAll(
          new AwsSigner("sts", region)
              .sign("POST", sts, headers, body.array(), body.length(), base(), clock.instant()));
    }
    HttpResponse answer = http.send("POST", sts, headers, HttpBody.of(body));
    if (!answer.isSuccess()) {
      throw new IOException("cannot assume the role " + wanted.arn() + ": " + answer);
    }
    return new AwsCredentials(
        element(answer.body(), "AccessKeyId"),
        element(answer.body(), "SecretAccessKey"),
        element(answer.body(), "SessionToken"),
        Instant.parse(element(answer.body(), "Expiration")));
  }

  private static String element(String xml, String name) throws IOException {
    Matcher matcher = Pattern.compile("<" + name + ">([^<]*)</" + name + ">").matcher(xml);
    if (!matcher.find()) {
      throw new IOException("the answer of AssumeRole has no " + name);
    }
    return matcher.group(1).strip();
  }
}
