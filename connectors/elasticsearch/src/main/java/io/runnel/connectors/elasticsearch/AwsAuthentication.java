package io.runnel.connectors.elasticsearch;

import io.runnel.event.Bytes;
import io.runnel.plugin.OutputContext;
import io.runnel.plugins.client.AwsCredentialSource;
import io.runnel.plugins.client.AwsCredentials;
import io.runnel.plugins.client.AwsRole;
import io.runnel.plugins.client.AwsSigner;
import io.runnel.plugins.client.HttpDestination;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Signs requests for OpenSearch at Amazon ({@code <endpoint>}). */
final class AwsAuthentication implements Authentication {
  private final AwsSigner signer;
  private final AwsCredentials fixed;
  private final AwsCredentialSource source;

  AwsAuthentication(OpenSearchConfig.Endpoint endpoint, OutputContext context) {
    signer =
        new AwsSigner(endpoint.awsServiceName().name().toLowerCase(Locale.ROOT), endpoint.region());
    if (!endpoint.accessKeyId().isEmpty() && !endpoint.secretAccessKey().isEmpty()) {
      fixed = new AwsCredentials(endpoint.accessKeyId(), endpoint.secretAccessKey(), null, null);
      source = null;
      return;
    }
    fixed = null;
    Map<String, String> environment = new HashMap<>(System.getenv());
    endpoint
        .ecsContainerCredentialsRelativeUri()
        .ifPresent(uri -> environment.put("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", uri));
    endpoint
        .assumeRoleWebIdentityTokenFile()
        .ifPresent(file -> environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", file));
    source =
        new AwsCredentialSource(
            HttpDestination.of(context).build().client(),
            endpoint.stsCredentialsRegion().orElse(endpoint.region()),
            endpoint.assumeRoleArn().map(arn -> AwsRole.of(arn, Optional.empty())),
            environment,
            Clock.systemUTC());
  }

  static List<Host> hosts(OpenSearchConfig.Endpoint endpoint, ConnectionConfig connection) {
    String url = endpoint.url().replaceAll("/+$", "");
    return Host.of(Optional.of(url), "", connection);
  }

  @Override
  public void add(String method, URI uri, Host host, Map<String, String> headers, Bytes body)
      throws IOException {
    AwsCredentials credentials = fixed != null ? fixed : source.get();
    Map<String, String> signed = Map.of("content-type", headers.getOrDefault("Content-Type", ""));
    headers.putAll(
        signer.sign(
            method,
            uri,
            headers.containsKey("Content-Type") ? signed : Map.of(),
            body.array(),
            body.length(),
            credentials,
            Clock.systemUTC().instant()));
  }
}
