package io.runnel.connectors.aws;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.client.AwsRole;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Where CloudWatch Logs is and who asks: what input and output share. */
record LogsAccess(
    @Doc("AWS access key id; the environment, shared files or the instance give one where absent.")
        @Secret
        Optional<String> awsKeyId,
    @Doc("AWS secret key.") @Secret Optional<String> awsSecKey,
    @Doc("Assumes the role aws_sts_role_arn.") @Default("false") boolean awsUseSts,
    @Doc("ARN of the role.") Optional<String> awsStsRoleArn,
    @Doc("Name of the session.") @Default("fluentd") String awsStsSessionName,
    @Doc("The id that the role asks of accounts of others.") Optional<String> awsStsExternalId,
    @Doc("A policy in JSON that narrows the role's.") Optional<String> awsStsPolicy,
    @Doc("How long the session's credentials are valid.") Optional<Duration> awsStsDurationSeconds,
    @Doc("URL of an STS endpoint.") Optional<String> awsStsEndpointUrl,
    @Doc("Takes the credentials of the ECS task.") @Default("false") boolean awsEcsAuthentication,
    @Doc("Region of the service; AWS_REGION where absent.") Optional<String> region,
    @Doc("URL of a service with the same interface, instead of Amazon's.")
        Optional<String> endpoint,
    @Doc("Whether the server's certificate is verified.") @Default("true") boolean sslVerifyPeer,
    @Doc("URL of a proxy; HTTPS_PROXY of the environment where absent.") Optional<String> httpProxy,
    @Doc("A role to assume with a token in a file (OIDC), as in Kubernetes.")
        Optional<AwsAccess.WebIdentity> webIdentityCredentials) {
  private static final AwsService.Kind LOGS = new AwsService.Kind("logs", "Logs_20140328");

  AwsService service(PluginContext context) {
    return new AwsService(
        LOGS,
        new AwsService.Place(region, endpoint, httpProxy, sslVerifyPeer, false),
        credentials(System.getenv()),
        context);
  }

  /** In the gem's order: a role, a role with a token, the task, keys. */
  Credentials credentials(Map<String, String> system) {
    Map<String, String> environment = new HashMap<>(system);
    if (awsUseSts && awsStsRoleArn.isPresent()) {
      Credentials keys = Credentials.keys(environment, awsKeyId, awsSecKey, Optional.empty());
      return new Credentials(keys.environment(), Optional.of(role()), Optional.empty());
    }
    if (webIdentityCredentials.isPresent()) {
      return Credentials.of(webIdentityCredentials.get(), environment);
    }
    if (awsEcsAuthentication) {
      environment.remove("AWS_ACCESS_KEY_ID");
      environment.remove("AWS_WEB_IDENTITY_TOKEN_FILE");
      environment.put("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
      return new Credentials(environment, Optional.empty(), Optional.empty());
    }
    return Credentials.keys(environment, awsKeyId, awsSecKey, Optional.empty());
  }

  private AwsRole role() {
    return new AwsRole(
        awsStsRoleArn.orElseThrow(),
        awsStsSessionName,
        awsStsPolicy,
        awsStsDurationSeconds,
        awsStsExternalId,
        awsStsEndpointUrl.map(URI::create),
        Optional.empty());
  }
}
