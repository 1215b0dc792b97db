package io.runnel.net;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Makes certificates (X.509 v3, RFC 5280) with nothing but the JDK. */
public final class Certificates {
  private static final String RSA = "1.2.840.113549.1.1.";
  private static final String ECDSA = "1.2.840.10045.4.";

  private Certificates() {}

  /**
   * What a new certificate says.
   *
   * @param country two letters; empty for none, as with the next two
   * @param validity from a moment ago, because clocks differ
   * @param digest of the signature: {@code SHA1}, {@code SHA256} …
   * @param authority whether it may sign others
   */
  public record Subject(
      String country,
      String state,
      String locality,
      String commonName,
      Duration validity,
      String digest,
      boolean authority) {}

  /** A certificate with its key. */
  public record Identity(PrivateKey key, List<X509Certificate> chain) {}

  public static KeyPair rsaKey(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  public static Identity selfSigned(Subject subject, int keyBits) throws GeneralSecurityException {
    KeyPair pair = rsaKey(keyBits);
    byte[] name = name(subject);
    X509Certificate made = sign(subject, name, pair.getPublic(), pair.getPrivate(), "RSA");
    return new Identity(pair.getPrivate(), List.of(made));
  }

  /** A new key, and a certificate for it that {@code issuer} signs. */
  public static Identity signedBy(Identity issuer, Subject subject, int keyBits)
      throws GeneralSecurityException {
    KeyPair pair = rsaKey(keyBits);
    X509Certificate authority = issuer.chain().getFirst();
    byte[] issuerName = authority.getSubjectX500Principal().getEncoded();
    String algorithm = issuer.key().getAlgorithm();
    List<X509Certificate> chain = new ArrayList<>();
    chain.add(sign(subject, issuerName, pair.getPublic(), issuer.key(), algorithm));
    chain.addAll(issuer.chain());
    return new Identity(pair.getPrivate(), chain);
  }

  private static X509Certificate sign(
      Subject subject, byte[] issuerName, PublicKey key, PrivateKey signer, String algorithm)
      throws GeneralSecurityException {
    boolean elliptic = algorithm.startsWith("EC");
    byte[] signature = signatureAlgorithm(subject.digest(), elliptic);
    Instant from = Instant.now().minus(Duration.ofHours(1));
    byte[] body =
        Der.sequence(
            Der.tagged(0xa0, Der.integer(2)),
            Der.integer(new BigInteger(127, new SecureRandom()).add(BigInteger.ONE)),
            signature,
            issuerName,
            Der.sequence(Der.time(from), Der.time(from.plus(subject.validity()))),
            name(subject),
            key.getEncoded(),
            Der.tagged(0xa3, extensions(subject)));
    Signature engine =
        Signature.getInstance(subject.digest() + "with" + (elliptic ? "ECDSA" : "RSA"));
    engine.initSign(signer);
    engine.update(body);
    byte[] whole = Der.sequence(body, signature, Der.bits(engine.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(whole));
  }

  private static byte[] signatureAlgorithm(String digest, boolean elliptic) {
    if (elliptic) {
      String oid =
          switch (digest) {
            case "SHA1" -> ECDSA + "1";
            case "SHA384" -> ECDSA + "3.3";
            case "SHA512" -> ECDSA + "3.4";
            default -> ECDSA + "3.2";
          };
      return Der.sequence(Der.oid(oid));
    }
    String oid =
        switch (digest) {
          case "SHA1" -> RSA + "5";
          case "SHA384" -> RSA + "12";
          case "SHA512" -> RSA + "13";
          default -> RSA + "11";
        };
    return Der.sequence(Der.oid(oid), Der.nil());
  }

  private static byte[] name(Subject subject) {
    List<byte[]> parts = new ArrayList<>();
    if (!subject.country().isEmpty()) {
      parts.add(attribute("2.5.4.6", Der.printable(subject.country())));
    }
    if (!subject.state().isEmpty()) {
      parts.add(attribute("2.5.4.8", Der.utf8(subject.state())));
    }
    if (!subject.locality().isEmpty()) {
      parts.add(attribute("2.5.4.7", Der.utf8(subject.locality())));
    }
    parts.add(attribute("2.5.4.3", Der.utf8(subject.commonName())));
    return Der.sequence(parts.toArray(byte[][]::new));
  }

  private static byte[] attribute(String oid, byte[] value) {
    return Der.set(Der.sequence(Der.oid(oid), value));
  }

  private static byte[] extensions(Subject subject) {
    byte[] constraints =
        extension("2.5.29.19", subject.authority() ? Der.sequence(Der.bool(true)) : Der.sequence());
    if (subject.authority()) {
      return Der.sequence(constraints);
    }
    byte[] host = subject.commonName().getBytes(StandardCharsets.US_ASCII);
    byte[] names = Der.tagged(0x82, host);
    byte[] address = address(subject.commonName());
    byte[] alternative =
        extension("2.5.29.17", Der.sequence(address == null ? names : Der.tagged(0x87, address)));
    return Der.sequence(constraints, alternative);
  }

  /** The bytes of an IP address; null for a name. */
  private static byte[] address(String text) {
    if (!text.matches("[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*")) {
      return null;
    }
    try {
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static byte[] extension(String oid, byte[] value) {
    return Der.sequence(Der.oid(oid), Der.octets(value));
  }
}
