package io.runnel.connectors.s3;

import io.runnel.config.Doc;
import io.runnel.config.Secret;
import java.util.Optional;

/** Who asks: the parameters and sections of credentials that input and output share. */
record AwsAccess(
    @Doc("AWS access key id.") @Secret Optional<String> awsKeyId,
    @Doc("AWS secret key.") @Secret Optional<String> awsSecKey,
    @Doc("Profile of the shared configuration files.") Optional<String> awsProfile,
    @Doc("A command that prints credentials as JSON.") Optional<String> awsCredentialProcess,
    @Doc("A role to assume, with the keys above or else the default credentials.")
        Optional<AssumeRole> assumeRoleCredentials,
    @Doc("A role to assume with a token in a file (OIDC), as in Kubernetes.")
        Optional<WebIdentity> webIdentityCredentials,
    @Doc("The role of the EC2 instance or the ECS task that this runs on.")
        Optional<InstanceProfile> instanceProfileCredentials,
    @Doc("Keys from a shared credentials file.") Optional<Shared> sharedCredentials) {

  /** {@code <assume_role_credentials>}. */
  record AssumeRole(
      @Doc("ARN of the role.") @Secret String roleArn,
      @Doc("Name of the session.") String roleSessionName,
      @Doc("A policy in JSON that narrows the role's.") Optional<String> policy,
      @Doc("Seconds that the session's credentials are valid, 900 to 3600.")
          Optional<Integer> durationSeconds,
      @Doc("The id that the role asks of accounts of others.") @Secret Optional<String> externalId,
      @Doc("Region of the STS endpoint; s3_region where absent.") Optional<String> stsRegion,
      @Doc("URL of a proxy for STS.") @Secret Optional<String> stsHttpProxy,
      @Doc("URL of an STS endpoint.") Optional<String> stsEndpointUrl) {}

  /** {@code <web_identity_credentials>}. */
  record WebIdentity(
      @Doc("ARN of the role.") String roleArn,
      @Doc("Name of the session.") String roleSessionName,
      @Doc("The file with the token, read each time.") String webIdentityTokenFile,
      @Doc("A policy in JSON that narrows the role's.") Optional<String> policy,
      @Doc("Seconds that the session's credentials are valid, 900 to 43200.")
          Optional<Integer> durationSeconds,
      @Doc("Region of the STS endpoint; s3_region where absent.") Optional<String> stsRegion,
      @Doc("URL of a proxy for STS.") @Secret Optional<String> stsHttpProxy,
      @Doc("URL of an STS endpoint.") Optional<String> stsEndpointUrl) {}

  /** {@code <instance_profile_credentials>}. */
  record InstanceProfile(
      @Doc("Not used: a failed request asks for the credentials anew.") Optional<Integer> retries,
      @Doc("Address of the metadata service; 169.254.169.254 where absent.")
          Optional<String> ipAddress,
      @Doc("Its port; 80 where absent.") Optional<Integer> port,
      @Doc("Not used: a connection may take one second.") Optional<Double> httpOpenTimeout,
      @Doc("Not used: an answer may take one second.") Optional<Double> httpReadTimeout) {}

  /** {@code <shared_credentials>}. */
  record Shared(
      @Doc("The file; ~/.aws/credentials where absent.") Optional<String> path,
      @Doc("The profile; that of AWS_PROFILE, else default, where absent.")
          Optional<String> profileName) {}

  /** The keys that stand in the configuration themselves. */
  boolean hasKeys() {
    return awsKeyId.isPresent() && awsSecKey.isPresent();
  }
}
