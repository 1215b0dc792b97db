package io.runnel.connectors.aws;

import io.runnel.plugin.PluginContext;
import io.runnel.plugins.client.AwsCredentialSource;
import io.runnel.plugins.client.AwsRole;
import io.runnel.plugins.client.HttpDestination;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a configuration says of credentials, in the gem's order: keys, a role, a role with a token,
 * the instance, a shared file, a program, else what Amazon's tools find.
 *
 * @param environment what they are looked for in
 * @param role what they are to assume
 */
record Credentials(
    Map<String, String> environment, Optional<AwsRole> role, Optional<String> proxy) {
  static Credentials of(AwsAccess access, Map<String, String> system) {
    Map<String, String> environment = new HashMap<>(system);
    if (access.awsKeyId().isPresent() && access.awsSecKey().isPresent()) {
      return keys(environment, access.awsKeyId(), access.awsSecKey(), access.awsSesToken());
    }
    if (access.assumeRoleCredentials().isPresent()) {
      AwsAccess.AssumeRole role = access.assumeRoleCredentials().get();
      return new Credentials(
          environment,
          Optional.of(
              new AwsRole(
                  role.roleArn(),
                  role.roleSessionName(),
                  role.policy(),
                  role.durationSeconds().map(Duration::ofSeconds),
                  role.externalId(),
                  role.stsEndpointUrl().map(URI::create),
                  Optional.empty())),
          role.stsHttpProxy());
    }
    if (access.webIdentityCredentials().isPresent()) {
      return of(access.webIdentityCredentials().get(), environment);
    }
    if (access.instanceProfileCredentials().isPresent()) {
      instance(access.instanceProfileCredentials().get(), environment);
    } else if (access.sharedCredentials().isPresent()) {
      AwsAccess.Shared shared = access.sharedCredentials().get();
      environment.remove("AWS_ACCESS_KEY_ID");
      environment.remove("AWS_WEB_IDENTITY_TOKEN_FILE");
      shared.path().ifPresent(path -> environment.put("AWS_SHARED_CREDENTIALS_FILE", path));
      shared.profileName().ifPresent(name -> environment.put("AWS_PROFILE", name));
    } else if (access.processCredentials().isPresent()) {
      environment.remove("AWS_ACCESS_KEY_ID");
      environment.put(AwsCredentialSource.PROCESS, access.processCredentials().get().process());
    }
    return new Credentials(environment, Optional.empty(), Optional.empty());
  }

  /** Keys of a configuration, where both are there. */
  static Credentials keys(
      Map<String, String> environment,
      Optional<String> id,
      Optional<String> secret,
      Optional<String> token) {
    if (id.isPresent() && secret.isPresent()) {
      environment.put("AWS_ACCESS_KEY_ID", id.get());
      environment.put("AWS_SECRET_ACCESS_KEY", secret.get());
      environment.remove("AWS_SESSION_TOKEN");
      token.ifPresent(text -> environment.put("AWS_SESSION_TOKEN", text));
    }
    return new Credentials(environment, Optional.empty(), Optional.empty());
  }

  /** A role that a token in a file stands in for. */
  static Credentials of(AwsAccess.WebIdentity role, Map<String, String> environment) {
    return new Credentials(
        environment,
        Optional.of(
            new AwsRole(
                role.roleArn(),
                role.roleSessionName(),
                role.policy(),
                role.durationSeconds(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(role.webIdentityTokenFile()))),
        Optional.empty());
  }

  private static void instance(
      AwsAccess.InstanceProfile instance, Map<String, String> environment) {
    environment.remove("AWS_ACCESS_KEY_ID");
    environment.remove("AWS_WEB_IDENTITY_TOKEN_FILE");
    environment.put("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    if (instance.ipAddress().isPresent() || instance.port().isPresent()) {
      String host = instance.ipAddress().orElse("169.254.169.254");
      environment.put(
          "AWS_EC2_METADATA_SERVICE_ENDPOINT",
          "http://"
              + (host.contains(":") ? "[" + host + "]" : host)
              + ":"
              + instance.port().orElse(80));
    }
  }

  AwsCredentialSource source(String region, PluginContext context) {
    HttpDestination.Builder http =
        HttpDestination.of(context)
            .open(Duration.ofSeconds(5))
            .read(Duration.ofSeconds(10))
            .proxy(proxy, "sts_http_proxy");
    return new AwsCredentialSource(
        http.build().client(), region, role, environment, Clock.systemUTC());
  }
}
