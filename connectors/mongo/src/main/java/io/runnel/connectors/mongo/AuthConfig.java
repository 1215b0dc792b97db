package io.runnel.connectors.mongo;

import com.mongodb.AuthenticationMechanism;
import com.mongodb.MongoCredential;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The parameters of all plugins for MongoDB that say who logs in. */
record AuthConfig(
    @Doc("The user; not used with a connection string, which has its own.") Optional<String> user,
    @Doc("The user's password.") @Secret Optional<String> password,
    @Doc("The database that knows the user; the one that is written to where it is not given.")
        Optional<String> authSource,
    @Doc("How the login is done: scram, scram256, plain, mongodb_x509, gssapi or aws.")
        Optional<String> authMech,
    @Doc("Has no effect: what the driver has to say stands in the errors of this log.")
        @Default("info")
        String mongoLogLevel) {

  private static final Map<String, AuthenticationMechanism> MECHANISMS =
      Map.of(
          "scram", AuthenticationMechanism.SCRAM_SHA_1,
          "scram256", AuthenticationMechanism.SCRAM_SHA_256,
          "plain", AuthenticationMechanism.PLAIN,
          "mongodb_x509", AuthenticationMechanism.MONGODB_X509,
          "gssapi", AuthenticationMechanism.GSSAPI,
          "aws", AuthenticationMechanism.MONGODB_AWS);

  AuthConfig {
    authMech.ifPresent(
        name -> {
          if (!MECHANISMS.containsKey(name.toLowerCase(Locale.ROOT))) {
            throw new ConfigException(
                ":"
                    + name
                    + " is invalid, please use one of the following mechanisms: :scram, :scram256,"
                    + " :plain, :mongodb_x509, :gssapi, :aws");
          }
        });
  }

  /**
   * What the driver logs in with; empty where there is no login.
   *
   * @param database the one that is written to
   */
  Optional<MongoCredential> credential(String database) {
    if (user.isEmpty()) {
      return Optional.empty();
    }
    String source = authSource.orElse(database);
    char[] secret = password.map(String::toCharArray).orElse(null);
    AuthenticationMechanism mechanism =
        authMech.map(name -> MECHANISMS.get(name.toLowerCase(Locale.ROOT))).orElse(null);
    if (mechanism == null) {
      return secret == null
          ? Optional.empty()
          : Optional.of(MongoCredential.createCredential(user.get(), source, secret));
    }
    return Optional.of(
        switch (mechanism) {
          case SCRAM_SHA_1 ->
              MongoCredential.createScramSha1Credential(user.get(), source, needed(secret));
          case SCRAM_SHA_256 ->
              MongoCredential.createScramSha256Credential(user.get(), source, needed(secret));
          case PLAIN -> MongoCredential.createPlainCredential(user.get(), source, needed(secret));
          case MONGODB_AWS -> MongoCredential.createAwsCredential(user.get(), secret);
          case GSSAPI -> MongoCredential.createGSSAPICredential(user.get());
          case MONGODB_X509 -> MongoCredential.createMongoX509Credential(user.get());
          case MONGODB_OIDC -> throw new IllegalStateException("not among the mechanisms");
        });
  }

  private char[] needed(char[] secret) {
    if (secret == null) {
      throw new ConfigException("auth_mech " + authMech.get() + " needs a password");
    }
    return secret;
  }
}
