package io.runnel.connectors.aws;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import java.time.Duration;
import java.util.Optional;

/** Where the service is and who asks: the parameters and sections of the Kinesis outputs. */
record AwsAccess(
    @Doc("Region of the service; AWS_REGION where absent.") Optional<String> region,
    @Doc("URL of a proxy; HTTPS_PROXY of the environment where absent.") @Secret
        Optional<String> httpProxy,
    @Doc("URL of a service with the same interface, instead of Amazon's.")
        Optional<String> endpoint,
    @Doc("Whether the server's certificate is verified.") @Default("true") boolean sslVerifyPeer,
    @Doc("AWS access key id; the environment, shared files or the instance give one where absent.")
        @Secret
        Optional<String> awsKeyId,
    @Doc("AWS secret key.") @Secret Optional<String> awsSecKey,
    @Doc("AWS session token.") @Secret Optional<String> awsSesToken,
    @Doc("A role to assume.") Optional<AssumeRole> assumeRoleCredentials,
    @Doc("A role to assume with a token in a file (OIDC), as in Kubernetes.")
        Optional<WebIdentity> webIdentityCredentials,
    @Doc("The role of the EC2 instance or the ECS task that this runs on.")
        Optional<InstanceProfile> instanceProfileCredentials,
    @Doc("Keys from a shared credentials file.") Optional<Shared> sharedCredentials,
    @Doc("Keys that a program prints.") Optional<External> processCredentials) {

  /** {@code <assume_role_credentials>}. */
  record AssumeRole(
      @Doc("ARN of the role.") @Secret String roleArn,
      @Doc("Name of the session.") String roleSessionName,
      @Doc("A policy in JSON that narrows the role's.") Optional<String> policy,
      @Doc("Seconds that the session's credentials are valid, 900 to 3600.")
          Optional<Integer> durationSeconds,
      @Doc("The id that the role asks of accounts of others.") @Secret Optional<String> externalId,
      @Doc("URL of a proxy for STS.") @Secret Optional<String> stsHttpProxy,
      @Doc("URL of an STS endpoint.") Optional<String> stsEndpointUrl) {}

  /** {@code <web_identity_credentials>}. */
  record WebIdentity(
      @Doc("ARN of the role.") String roleArn,
      @Doc("Name of the session.") String roleSessionName,
      @Doc("The file with the token, read each time.") String webIdentityTokenFile,
      @Doc("A policy in JSON that narrows the role's.") Optional<String> policy,
      @Doc("How long the session's credentials are valid, 900 to 43200 s.")
          Optional<Duration> durationSeconds) {}

  /** {@code <instance_profile_credentials>}. */
  record InstanceProfile(
      @Doc("Not used: a failed request asks for the credentials anew.") Optional<Integer> retries,
      @Doc("Address of the metadata service; 169.254.169.254 where absent.")
          Optional<String> ipAddress,
      @Doc("Its port; 80 where absent.") Optional<Integer> port,
      @Doc("Not used: the limits of all requests hold.") Optional<Double> httpOpenTimeout,
      @Doc("Not used: the limits of all requests hold.") Optional<Double> httpReadTimeout) {}

  /** {@code <shared_credentials>}. */
  record Shared(
      @Doc("The file; ~/.aws/credentials where absent.") Optional<String> path,
      @Doc("The profile; that of AWS_PROFILE, else default, where absent.")
          Optional<String> profileName) {}

  /** {@code <process_credentials>}. */
  record External(@Doc("The command.") String process) {}
}
