package io.runnel.connectors.httpservices;

import io.runnel.event.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The key of a service account at Google, which signs the wish for a token (RFC 7523).
 *
 * @param tokens where the token is to be had
 */
record GoogleKey(String email, PrivateKey key, URI tokens) {
  static final URI TOKENS = URI.create("https://oauth2.googleapis.com/token");

  private static final String FACTORY = "RSA";
  private static final long VALID_SECONDS = 3_600;

  /**
   * Reads a key from JSON, as Google gives it out.
   *
   * @throws IOException where it is none; without showing it
   */
  static GoogleKey ofJson(String json) throws IOException {
    try {
      if (Json.parse(json) instanceof Map<?, ?> map
          && map.get("client_email") instanceof String email
          && map.get("private_key") instanceof String pem) {
        byte[] der =
            Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", "").strip());
        PrivateKey key =
            KeyFactory.getInstance(FACTORY).generatePrivate(new PKCS8EncodedKeySpec(der));
        URI uri =
            map.get("token_uri") instanceof String text && !text.isEmpty()
                ? URI.create(text)
                : TOKENS;
        return new GoogleKey(email, key, uri);
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("json_key is no key of a service account", e);
    }
    throw new IOException("json_key has no client_email and private_key");
  }

  /** Reads a key from a PKCS12 file. */
  static GoogleKey ofPkcs12(String email, Path file, String passphrase, URI tokens)
      throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, passphrase.toCharArray());
      String alias = store.aliases().nextElement();
      return new GoogleKey(
          email, (PrivateKey) store.getKey(alias, passphrase.toCharArray()), tokens);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "private_key_path " + file + " is no PKCS12 file of this passphrase", e);
    }
  }

  /** A signed wish for a token. */
  String assertion(String scope, long nowSeconds) throws IOException {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", email);
    claims.put("scope", scope);
    claims.put("aud", tokens.toString());
    claims.put("iat", nowSeconds);
    claims.put("exp", nowSeconds + VALID_SECONDS);
    String text =
        base64("{\"alg\":\"RS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + base64(Json.write(claims).getBytes(StandardCharsets.UTF_8));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IOException("the key of " + email + " cannot sign", e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "GoogleKey[" + email + "]";
  }
}
