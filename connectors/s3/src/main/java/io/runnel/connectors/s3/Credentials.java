package io.runnel.connectors.s3;

import io.runnel.connectors.s3.AwsAccess.AssumeRole;
import io.runnel.connectors.s3.AwsAccess.InstanceProfile;
import io.runnel.connectors.s3.AwsAccess.Shared;
import io.runnel.connectors.s3.AwsAccess.WebIdentity;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProcessCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleWithWebIdentityCredentialsProvider;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleWithWebIdentityRequest;

/**
 * Makes the source of credentials that a configuration names; nothing is asked for before the first
 * request.
 */
final class Credentials {
  /** Makes HTTP clients: with the proxy of the argument, or without one. */
  interface HttpClients {
    SdkHttpClient make(Optional<String> proxy);
  }

  /**
   * Which of several wins: the output asks for a role first, the input takes keys of the
   * configuration first.
   */
  enum Order {
    ROLE_FIRST,
    KEYS_FIRST
  }

  private static final String CONTAINER = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";

  private final AwsAccess access;
  private final String region;
  private final HttpClients http;
  private final Map<String, String> environment;

  Credentials(AwsAccess access, String region, HttpClients http, Map<String, String> environment) {
    this.access = access;
    this.region = region;
    this.http = http;
    this.environment = environment;
  }

  AwsCredentialsProvider provider(Order order) {
    boolean role = access.assumeRoleCredentials().isPresent();
    if (role && order == Order.ROLE_FIRST) {
      return assumeRole(access.assumeRoleCredentials().get());
    }
    if (access.hasKeys()) {
      return keys();
    }
    if (access.awsProfile().isPresent()) {
      return ProfileCredentialsProvider.create(access.awsProfile().get());
    }
    if (access.awsCredentialProcess().isPresent()) {
      return ProcessCredentialsProvider.builder()
          .command(access.awsCredentialProcess().get())
          .build();
    }
    if (role) {
      return assumeRole(access.assumeRoleCredentials().get());
    }
    if (access.webIdentityCredentials().isPresent()) {
      return webIdentity(access.webIdentityCredentials().get());
    }
    if (access.instanceProfileCredentials().isPresent()) {
      return instance(access.instanceProfileCredentials().get());
    }
    if (access.sharedCredentials().isPresent()) {
      return shared(access.sharedCredentials().get());
    }
    return DefaultCredentialsProvider.builder().build();
  }

  private StaticCredentialsProvider keys() {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(access.awsKeyId().get(), access.awsSecKey().get()));
  }

  private AwsCredentialsProvider assumeRole(AssumeRole role) {
    AwsCredentialsProvider base =
        access.hasKeys() ? keys() : DefaultCredentialsProvider.builder().build();
    AssumeRoleRequest request =
        AssumeRoleRequest.builder()
            .roleArn(role.roleArn())
            .roleSessionName(role.roleSessionName())
            .policy(role.policy().orElse(null))
            .durationSeconds(role.durationSeconds().orElse(null))
            .externalId(role.externalId().orElse(null))
            .build();
    return StsAssumeRoleCredentialsProvider.builder()
        .stsClient(sts(base, role.stsRegion(), role.stsHttpProxy(), role.stsEndpointUrl()))
        .refreshRequest(request)
        .build();
  }

  private AwsCredentialsProvider webIdentity(WebIdentity role) {
    StsClient sts =
        sts(
            AnonymousCredentialsProvider.create(),
            role.stsRegion(),
            role.stsHttpProxy(),
            role.stsEndpointUrl());
    return StsAssumeRoleWithWebIdentityCredentialsProvider.builder()
        .stsClient(sts)
        .refreshRequest(
            () ->
                AssumeRoleWithWebIdentityRequest.builder()
                    .roleArn(role.roleArn())
                    .roleSessionName(role.roleSessionName())
                    .webIdentityToken(TokenFile.read(Path.of(role.webIdentityTokenFile())))
                    .policy(role.policy().orElse(null))
                    .durationSeconds(role.durationSeconds().orElse(null))
                    .build())
        .build();
  }

  private StsClient sts(
      AwsCredentialsProvider credentials,
      Optional<String> stsRegion,
      Optional<String> proxy,
      Optional<String> endpoint) {
    StsClientBuilder builder =
        StsClient.builder()
            .region(Region.of(stsRegion.orElse(region)))
            .credentialsProvider(credentials)
            .httpClient(http.make(proxy));
    endpoint.ifPresent(url -> builder.endpointOverride(URI.create(url)));
    return builder.build();
  }

  private AwsCredentialsProvider instance(InstanceProfile instance) {
    if (environment.get(CONTAINER) != null) {
      return ContainerCredentialsProvider.builder().build();
    }
    InstanceProfileCredentialsProvider.Builder builder =
        InstanceProfileCredentialsProvider.builder();
    if (instance.ipAddress().isPresent() || instance.port().isPresent()) {
      String host = instance.ipAddress().orElse("169.254.169.254");
      builder.endpoint(
          "http://"
              + (host.contains(":") ? "[" + host + "]" : host)
              + ":"
              + instance.port().orElse(80));
    }
    return builder.build();
  }

  private static AwsCredentialsProvider shared(Shared shared) {
    ProfileCredentialsProvider.Builder builder = ProfileCredentialsProvider.builder();
    shared
        .path()
        .ifPresent(
            path ->
                builder.profileFile(
                    ProfileFile.builder()
                        .content(Path.of(path))
                        .type(ProfileFile.Type.CREDENTIALS)
                        .build()));
    shared.profileName().ifPresent(builder::profileName);
    return builder.build();
  }
}
