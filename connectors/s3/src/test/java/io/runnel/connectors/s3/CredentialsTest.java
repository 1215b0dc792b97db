package io.runnel.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.ConfigSpec;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.FakeHttpServer.Answer;
import io.runnel.testkit.FakeHttpServer.Request;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

class CredentialsTest {
  private static final String CREDENTIALS =
      "<Credentials><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>rs</SecretAccessKey>"
          + "<SessionToken>tok</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>"
          + "</Credentials>";

  @TempDir Path folder;

  private static AwsCredentials resolve(String config, Credentials.Order order) {
    AwsAccess access =
        ConfigSpec.of(AwsAccess.class).bind(TestPlugins.section("match", config), true);
    HttpSettings http = new HttpSettings(Optional.empty(), true, List.of());
    return new Credentials(access, "eu-west-1", proxy -> http.withProxy(proxy).client(), Map.of())
        .provider(order)
        .resolveCredentials();
  }

  private static AwsCredentials resolve(String config) {
    return resolve(config, Credentials.Order.ROLE_FIRST);
  }

  private static FakeHttpServer sts() throws IOException {
    return new FakeHttpServer(
        request -> {
          String action =
              request.text().contains("WithWebIdentity")
                  ? "AssumeRoleWithWebIdentity"
                  : "AssumeRole";
          return new Answer(
              200,
              "<%sResponse><%sResult>%s</%sResult></%sResponse>"
                  .formatted(action, action, CREDENTIALS, action, action));
        });
  }

  private static void isTheRole(AwsCredentials found) {
    assertThat(found.accessKeyId()).isEqualTo("ROLE");
    assertThat(((AwsSessionCredentials) found).sessionToken()).isEqualTo("tok");
  }

  @Test
  void keysOfTheConfiguration() {
    assertThat(resolve("aws_key_id K\naws_sec_key S").accessKeyId()).isEqualTo("K");
  }

  @Test
  void aRoleIsAssumedWithTheKeys() throws IOException {
    try (FakeHttpServer sts = sts()) {
      String config =
          "aws_key_id K\naws_sec_key S\n<assume_role_credentials>\nrole_arn arn:r\n"
              + "role_session_name me\nexternal_id x1\nduration_seconds 1800\npolicy {}\n"
              + "sts_region us-west-2\nsts_endpoint_url http://127.0.0.1:"
              + sts.port()
              + "\n</assume_role_credentials>";
      isTheRole(resolve(config));
      Request request = sts.requests().getFirst();
      assertThat(request.text())
          .contains("Action=AssumeRole&", "RoleArn=arn%3Ar", "RoleSessionName=me")
          .contains("ExternalId=x1", "DurationSeconds=1800", "Policy=%7B%7D");
      assertThat(request.headers().get("authorization"))
          .contains("Credential=K/", "/us-west-2/sts/");
      assertThat(resolve(config, Credentials.Order.KEYS_FIRST).accessKeyId())
          .as("the input takes keys first")
          .isEqualTo("K");
    }
  }

  @Test
  void aRoleByATokenInAFile() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "oidc-token\n");
    try (FakeHttpServer sts = sts()) {
      isTheRole(
          resolve(
              "<web_identity_credentials>\nrole_arn arn:r\nrole_session_name me\n"
                  + "duration_seconds 900\npolicy {}\nsts_region us-west-2\n"
                  + "web_identity_token_file "
                  + token
                  + "\nsts_endpoint_url http://127.0.0.1:"
                  + sts.port()
                  + "\n</web_identity_credentials>"));
      assertThat(sts.requests().getFirst().text())
          .contains("Action=AssumeRoleWithWebIdentity&", "WebIdentityToken=oidc-token")
          .contains("DurationSeconds=900", "Policy=%7B%7D");
    }
  }

  @Test
  void theRoleOfTheInstance() throws IOException {
    try (FakeHttpServer metadata =
        new FakeHttpServer(
            request -> {
              if (request.target().endsWith("/latest/api/token")) {
                return new Answer(200, "t", Map.of("x-aws-ec2-metadata-token-ttl-seconds", "60"));
              }
              return request.target().endsWith("/")
                  ? new Answer(200, "my-role")
                  : new Answer(
                      200,
                      "{\"Code\":\"Success\",\"AccessKeyId\":\"ROLE\",\"SecretAccessKey\":\"s\","
                          + "\"Token\":\"tok\",\"Expiration\":\"2999-01-01T00:00:00Z\"}");
            })) {
      isTheRole(
          resolve(
              "<instance_profile_credentials>\nip_address 127.0.0.1\nport "
                  + metadata.port()
                  + "\n</instance_profile_credentials>"));
    }
  }

  @Test
  void aProfileOfASharedFile() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("credentials"),
            "[default]\naws_access_key_id = D\naws_secret_access_key = d\n"
                + "[other]\naws_access_key_id = O\naws_secret_access_key = o\n");
    assertThat(
            resolve(
                    "<shared_credentials>\npath "
                        + file
                        + "\nprofile_name other\n</shared_credentials>")
                .accessKeyId())
        .isEqualTo("O");
  }

  @Test
  void aProgramThatPrintsThem() throws IOException {
    Path json =
        Files.writeString(
            folder.resolve("c.json"),
            "{\"Version\":1,\"AccessKeyId\":\"P\",\"SecretAccessKey\":\"p\"}");
    assertThat(resolve("aws_credential_process cat " + json).accessKeyId()).isEqualTo("P");
  }
}
