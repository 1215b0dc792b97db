package io.runnel.connectors.httpservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.net.Certificates;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.TestContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoogleTokensTest {
  @TempDir Path folder;

  private final TestContext context = new TestContext();
  private final HttpDestination http = HttpDestination.of(context).build();

  @AfterEach
  void close() {
    http.close();
    context.close();
  }

  private String token(GoogleTokens.Source source) throws IOException {
    return new GoogleTokens(http, context, "scope", source).get();
  }

  @Test
  void theLoginOfAUserIsRefreshed() throws Exception {
    try (FakeHttpServer server =
        FakeHttpServer.answering(200, "{\"access_token\":\"t\",\"expires_in\":3600}")) {
      Path file =
          Files.writeString(
              folder.resolve("adc.json"),
              "{\"client_id\":\"i\",\"client_secret\":\"s\",\"refresh_token\":\"r\",\"token_uri\":\"http://127.0.0.1:"
                  + server.port()
                  + "/t\"}");
      assertThat(
              token(
                  GoogleTokens.applicationDefault(
                      Map.of("GOOGLE_APPLICATION_CREDENTIALS", file.toString()))))
          .isEqualTo("t");
      assertThat(server.requests().getFirst().text())
          .isEqualTo("grant_type=refresh_token&client_id=i&client_secret=s&refresh_token=r");
    }
  }

  @Test
  void aKeyOfAServiceAccountSigns() throws Exception {
    try (FakeGoogle google = new FakeGoogle(request -> new FakeHttpServer.Answer(200, ""))) {
      Path key = google.keyFile(folder);
      assertThat(token(GoogleTokens.jsonKey(key.toString()))).isEqualTo("tok");
      assertThat(token(GoogleTokens.jsonKey(Files.readString(key)))).isEqualTo("tok");
      assertThat(
              token(
                  GoogleTokens.applicationDefault(
                      Map.of("GOOGLE_APPLICATION_CREDENTIALS", key.toString()))))
          .isEqualTo("tok");
    }
  }

  @Test
  void aKeyComesFromAPkcs12FileToo() throws Exception {
    Certificates.Identity identity =
        Certificates.selfSigned(
            new Certificates.Subject("DE", "x", "x", "me", Duration.ofDays(1), "SHA256", false),
            2048);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "privatekey",
        identity.key(),
        "notasecret".toCharArray(),
        identity.chain().toArray(Certificate[]::new));
    Path file = folder.resolve("key.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, "notasecret".toCharArray());
    }
    GoogleKey key = GoogleKey.ofPkcs12("me", file, "notasecret", GoogleKey.TOKENS);
    assertThat(key.assertion("s", 1).split("\\.")).hasSize(3);
    assertThatThrownBy(() -> GoogleKey.ofPkcs12("me", file, "wrong", GoogleKey.TOKENS))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aRefusalIsSaid() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.answering(400, "{\"error\":\"invalid_grant\"}")) {
      String login =
          "{\"refresh_token\":\"r\",\"token_uri\":\"http://127.0.0.1:" + server.port() + "/\"}";
      Path file = Files.writeString(folder.resolve("adc.json"), login);
      assertThatThrownBy(
              () ->
                  token(
                      GoogleTokens.applicationDefault(
                          Map.of("GOOGLE_APPLICATION_CREDENTIALS", file.toString()))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("invalid_grant")
          .hasMessageContaining("(the credentials are wrong or may not do this)");
    }
  }
}
