package io.runnel.plugins.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.TestContext;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AwsCredentialSourceTest {
  private static final String ROLE =
      "<R><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>x</SecretAccessKey>"
          + "<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></R>";

  @TempDir Path folder;

  private final TestContext context = new TestContext();
  private final HttpDestination http = HttpDestination.of(context).build();

  @AfterEach
  void close() {
    http.close();
    context.close();
  }

  private AwsCredentials get(Optional<AwsRole> role, Map<String, String> environment)
      throws IOException {
    return new AwsCredentialSource(http.client(), "r", role, environment, Clock.systemUTC()).get();
  }

  private static AwsRole role(FakeHttpServer sts, Optional<String> token) {
    return new AwsRole(
        "arn:x",
        "me",
        Optional.of("{}"),
        Optional.of(Duration.ofMinutes(15)),
        Optional.of("ext"),
        Optional.of(URI.create("http://127.0.0.1:" + sts.port() + "/")),
        token);
  }

  @Test
  void aRoleIsAssumedWithTheKeys() throws Exception {
    try (FakeHttpServer sts = FakeHttpServer.answering(200, ROLE)) {
      Map<String, String> keys = Map.of("AWS_ACCESS_KEY_ID", "a", "AWS_SECRET_ACCESS_KEY", "b");
      assertThat(get(Optional.of(role(sts, Optional.empty())), keys).accessKeyId())
          .isEqualTo("ROLE");
      FakeHttpServer.Request request = sts.requests().getFirst();
      assertThat(request.text())
          .isEqualTo(
              "Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn=arn%3Ax"
                  + "&Policy=%7B%7D&DurationSeconds=900&ExternalId=ext");
      assertThat(request.headers().get("authorization")).contains("Credential=a/");
    }
  }

  @Test
  void aTokenInAFileStandsInForKeys() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "tok en\n");
    try (FakeHttpServer sts = FakeHttpServer.answering(200, ROLE)) {
      get(Optional.of(role(sts, Optional.of(token.toString()))), Map.of());
      FakeHttpServer.Request request = sts.requests().getFirst();
      assertThat(request.text())
          .startsWith("Action=AssumeRoleWithWebIdentity&")
          .endsWith("&WebIdentityToken=tok%20en");
      assertThat(request.headers()).doesNotContainKey("authorization");
      get(
          Optional.of(role(sts, Optional.empty())),
          Map.of("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString()));
      assertThat(sts.requests().getLast().text()).contains("WebIdentityToken=tok%20en");
    }
  }

  @Test
  void aRoleThatMayNotBeAssumedIsSaid() throws Exception {
    try (FakeHttpServer sts = FakeHttpServer.answering(403, "AccessDenied")) {
      Map<String, String> keys = Map.of("AWS_ACCESS_KEY_ID", "a", "AWS_SECRET_ACCESS_KEY", "b");
      assertThatThrownBy(() -> get(Optional.of(role(sts, Optional.empty())), keys))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot assume the role arn:x: 403");
    }
  }

  @Test
  void aProgramOfTheSharedFilePrintsKeys() throws Exception {
    Path shared =
        Files.writeString(
            folder.resolve("shared"),
            "[p]\ncredential_process = echo '{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\"}'\n");
    AwsCredentials found =
        get(
            Optional.empty(),
            Map.of("AWS_SHARED_CREDENTIALS_FILE", shared.toString(), "AWS_PROFILE", "p"));
    assertThat(found).isEqualTo(new AwsCredentials("A", "s", null, null));
    assertThatThrownBy(
            () -> get(Optional.empty(), Map.of(AwsCredentialSource.PROCESS, "echo nothing")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unable to read the AWS credentials");
  }
}
