package io.runnel.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Reads PEM files: certificates, and private keys in the forms that OpenSSL writes. */
public final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*(?:-[^-]+)*)-----END \\1-----");
  private static final Pattern ENCRYPTION =
      Pattern.compile("DEK-Info:\\s*([A-Z0-9-]+),([0-9A-Fa-f]+)");
  private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS", "DSA");
  private static final byte[] RSA_ALGORITHM =
      Der.sequence(Der.oid("1.2.840.113549.1.1.1"), Der.nil());

  private Pem() {}

  /** The certificates of a file in their order, or of all files of a directory. */
  public static List<X509Certificate> certificates(Path path)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> found = new ArrayList<>();
    if (Files.isDirectory(path)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
        for (Path file : files) {
          if (Files.isRegularFile(file)) {
            addCertificates(file, found);
          }
        }
      }
    } else {
      addCertificates(path, found);
    }
    if (found.isEmpty()) {
      throw new CertificateException("no certificate (-----BEGIN CERTIFICATE-----) in " + path);
    }
    return found;
  }

  private static void addCertificates(Path file, List<X509Certificate> found)
      throws IOException, GeneralSecurityException {
    Matcher blocks = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    while (blocks.find()) {
      if (blocks.group(1).endsWith("CERTIFICATE")) {
        var bytes = new ByteArrayInputStream(base64(blocks.group(2)));
        found.add(
            (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(bytes));
      }
    }
  }

  /**
   * The first private key of a file.
   *
   * @param passphrase null where there is none
   */
  public static PrivateKey privateKey(Path file, String passphrase)
      throws IOException, GeneralSecurityException {
    Matcher blocks = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    while (blocks.find()) {
      String type = blocks.group(1);
      if (type.endsWith("PRIVATE KEY")) {
        try {
          return key(type, blocks.group(2), passphrase);
        } catch (IllegalArgumentException e) {
          throw new InvalidKeySpecException(file + " is damaged: " + e.getMessage(), e);
        }
      }
    }
    throw new InvalidKeySpecException("no private key (-----BEGIN PRIVATE KEY-----) in " + file);
  }

  private static PrivateKey key(String type, String body, String passphrase)
      throws IOException, GeneralSecurityException {
    Matcher encryption = ENCRYPTION.matcher(body);
    boolean wrapped = encryption.find();
    byte[] der = base64(wrapped ? body.substring(encryption.end()) : body);
    if ((wrapped || type.startsWith("ENCRYPTED")) && passphrase == null) {
      throw new InvalidKeySpecException("the private key is encrypted, and no passphrase is given");
    }
    if (wrapped) {
      der = decrypt(der, encryption.group(1), encryption.group(2), passphrase);
    }
    byte[] pkcs8 =
        switch (type) {
          case "ENCRYPTED PRIVATE KEY" -> decryptPkcs8(der, passphrase);
          case "RSA PRIVATE KEY" -> Der.sequence(Der.integer(0), RSA_ALGORITHM, Der.octets(der));
          case "EC PRIVATE KEY" -> Der.sequence(Der.integer(0), curve(der), Der.octets(der));
          default -> der;
        };
    for (String algorithm : KEY_TYPES) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException e) {
        continue; // a key of another type
      }
    }
    throw new InvalidKeySpecException("a private key of a kind that is not known");
  }

  private static byte[] decryptPkcs8(byte[] der, String passphrase)
      throws IOException, GeneralSecurityException {
    EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
    String algorithm =
        info.getAlgName().equals("PBES2") ? info.getAlgParameters().toString() : info.getAlgName();
    var password = new PBEKeySpec(passphrase.toCharArray());
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(
        Cipher.DECRYPT_MODE,
        SecretKeyFactory.getInstance(algorithm).generateSecret(password),
        info.getAlgParameters());
    return info.getKeySpec(cipher).getEncoded();
  }

  /** The old encryption of OpenSSL: key = MD5 chain over passphrase and salt (EVP_BytesToKey). */
  private static byte[] decrypt(byte[] data, String cipherName, String ivHex, String passphrase)
      throws GeneralSecurityException {
    boolean tripleDes = cipherName.equals("DES-EDE3-CBC");
    Matcher aes = Pattern.compile("AES-(128|192|256)-CBC").matcher(cipherName);
    if (!tripleDes && !aes.matches()) {
      throw new InvalidKeySpecException("encryption of the private key not known: " + cipherName);
    }
    byte[] iv = HexFormat.of().parseHex(ivHex.toLowerCase(Locale.ROOT));
    int length = tripleDes ? 24 : Integer.parseInt(aes.group(1)) / 8;
    byte[] key = new byte[0];
    byte[] last = new byte[0];
    MessageDigest md5 = MessageDigest.getInstance("MD5");
    while (key.length < length) {
      md5.update(last);
      md5.update(passphrase.getBytes(StandardCharsets.UTF_8));
      last = md5.digest(Arrays.copyOf(iv, 8));
      key = Der.concat(key, last);
    }
    String name = tripleDes ? "DESede" : "AES";
    Cipher cipher = Cipher.getInstance(name + "/CBC/PKCS5Padding");
    var secret = new SecretKeySpec(Arrays.copyOf(key, length), name);
    cipher.init(Cipher.DECRYPT_MODE, secret, new IvParameterSpec(iv));
    return cipher.doFinal(data);
  }

  /**
   * The algorithm of a SEC1 key for PKCS#8: its curve stands in the element [0] of {@code SEQUENCE
   * {1, key, [0] curve …}}.
   */
  private static byte[] curve(byte[] sec1) throws InvalidKeySpecException {
    for (int i = 0; i + 4 < sec1.length; i++) {
      int length = sec1[i + 1];
      boolean found = (sec1[i] & 0xff) == 0xa0 && sec1[i + 2] == 0x06 && sec1[i + 3] == length - 2;
      if (found && length > 2 && i + 2 + length <= sec1.length) {
        byte[] oid = Arrays.copyOfRange(sec1, i + 2, i + 2 + length);
        return Der.sequence(Der.oid("1.2.840.10045.2.1"), oid);
      }
    }
    throw new InvalidKeySpecException("the EC key does not name its curve");
  }

  private static byte[] base64(String text) {
    return Base64.getMimeDecoder().decode(text.strip());
  }
}
