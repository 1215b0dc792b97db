package io.runnel.connectors.httpservices;

import io.runnel.event.Json;
import io.runnel.net.Certificates;
import io.runnel.testkit.FakeHttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A server of tokens, which checks the signature, and a service behind it. */
final class FakeGoogle implements AutoCloseable {
  static final String TOKEN = "/token";

  private final KeyPair keys;
  private final Deque<FakeHttpServer.Answer> answers = new ArrayDeque<>();
  private final Function<FakeHttpServer.Request, FakeHttpServer.Answer> usual;
  private final FakeHttpServer server;
  private String granted = "tok";

  FakeGoogle(Function<FakeHttpServer.Request, FakeHttpServer.Answer> usual)
      throws IOException, GeneralSecurityException {
    this.usual = usual;
    keys = Certificates.rsaKey(2048);
    server = new FakeHttpServer(this::answer);
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  synchronized void answerOnce(int status, String body) {
    answers.add(new FakeHttpServer.Answer(status, body));
  }

  /** A file with a key whose tokens this server gives. */
  Path keyFile(Path folder) throws IOException {
    String pem =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n";
    return Files.writeString(
        folder.resolve("key.json"),
        Json.write(
            Map.of("client_email", "me@example", "private_key", pem, "token_uri", url() + TOKEN)));
  }

  /** The requests to the service. */
  List<FakeHttpServer.Request> requests() {
    return server.requests().stream().filter(r -> !r.target().equals(TOKEN)).toList();
  }

  List<FakeHttpServer.Request> tokenRequests() {
    return server.requests().stream().filter(r -> r.target().equals(TOKEN)).toList();
  }

  private synchronized FakeHttpServer.Answer answer(FakeHttpServer.Request request) {
    if (request.target().equals(TOKEN)) {
      return isSigned(request.text())
          ? new FakeHttpServer.Answer(
              200, "{\"access_token\":\"" + granted + "\",\"expires_in\":3600}")
          : new FakeHttpServer.Answer(400, "{\"error\":\"invalid_grant\"}");
    }
    if (!("Bearer " + granted).equals(request.headers().get("authorization"))) {
      return new FakeHttpServer.Answer(401, "{\"error\":{\"message\":\"no token\"}}");
    }
    return answers.isEmpty() ? usual.apply(request) : answers.poll();
  }

  private boolean isSigned(String form) {
    try {
      String[] parts = form.substring(form.indexOf("assertion=") + 10).split("\\.");
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(keys.getPublic());
      signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      Map<?, ?> claims = (Map<?, ?>) Json.parse(Base64.getUrlDecoder().decode(parts[1]));
      return signature.verify(Base64.getUrlDecoder().decode(parts[2]))
          && "me@example".equals(claims.get("iss"))
          && (url() + TOKEN).equals(claims.get("aud"));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  /** Old tokens are not accepted any more. */
  synchronized void revoke() {
    granted = "tok2";
  }

  @Override
  public void close() {
    server.close();
  }
}
