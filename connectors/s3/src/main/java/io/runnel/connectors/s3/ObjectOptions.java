package io.runnel.connectors.s3;

import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * What the configuration says of every object: storage, encryption, permissions. One writing for
 * each kind of request that takes it.
 */
final class ObjectOptions {
  private final S3OutputConfig config;
  private final String storageClass;
  private final ChecksumAlgorithm checksum;
  private final String customerKey;
  private final String customerKeyMd5;

  ObjectOptions(S3OutputConfig config, Place place) {
    this.config = config;
    storageClass = config.reducedRedundancy() ? "REDUCED_REDUNDANCY" : config.storageClass();
    checksum = config.checksumAlgorithm().map(name -> checksum(name, place)).orElse(null);
    byte[] key =
        config.sseCustomerKey().map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null);
    customerKey = key == null ? null : Base64.getEncoder().encodeToString(key);
    customerKeyMd5 =
        key == null
            ? config.sseCustomerKeyMd5().orElse(null)
            : Base64.getEncoder().encodeToString(md5(key));
    boolean plain = config.s3Endpoint().map(url -> url.startsWith("http://")).orElse(false);
    if (key != null && plain) {
      throw new ConfigException(
          "client-side provided keys can only be used over SSL: s3_endpoint must be https", place);
    }
  }

  private static ChecksumAlgorithm checksum(String name, Place place) {
    ChecksumAlgorithm known = ChecksumAlgorithm.fromValue(name.toUpperCase(Locale.ROOT));
    if (known == null || known == ChecksumAlgorithm.UNKNOWN_TO_SDK_VERSION) {
      throw new ConfigException(
          "checksum_algorithm must be CRC32, CRC32C, SHA1 or SHA256: " + name, place);
    }
    return known;
  }

  private static byte[] md5(byte[] key) {
    try {
      return MessageDigest.getInstance("MD5").digest(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no MD5", e);
    }
  }

  ChecksumAlgorithm checksum() {
    return checksum;
  }

  /** Reading what is encrypted with a key of the customer needs the key as well. */
  void apply(HeadObjectRequest.Builder request) {
    request
        .sseCustomerAlgorithm(config.sseCustomerAlgorithm().orElse(null))
        .sseCustomerKey(customerKey)
        .sseCustomerKeyMD5(customerKeyMd5);
  }

  void apply(UploadPartRequest.Builder request) {
    request
        .sseCustomerAlgorithm(config.sseCustomerAlgorithm().orElse(null))
        .sseCustomerKey(customerKey)
        .sseCustomerKeyMD5(customerKeyMd5)
        .checksumAlgorithm(checksum);
  }

  void apply(PutObjectRequest.Builder request) {
    request
        .storageClass(storageClass)
        .serverSideEncryption(config.useServerSideEncryption().orElse(null))
        .ssekmsKeyId(config.ssekmsKeyId().orElse(null))
        .sseCustomerAlgorithm(config.sseCustomerAlgorithm().orElse(null))
        .sseCustomerKey(customerKey)
        .sseCustomerKeyMD5(customerKeyMd5)
        .acl(config.acl().orElse(null))
        .grantFullControl(config.grantFullControl().orElse(null))
        .grantRead(config.grantRead().orElse(null))
        .grantReadACP(config.grantReadAcp().orElse(null))
        .grantWriteACP(config.grantWriteAcp().orElse(null))
        .checksumAlgorithm(checksum)
        .tagging(config.tagging().orElse(null));
  }

  void apply(CreateMultipartUploadRequest.Builder request) {
    request
        .storageClass(storageClass)
        .serverSideEncryption(config.useServerSideEncryption().orElse(null))
        .ssekmsKeyId(config.ssekmsKeyId().orElse(null))
        .sseCustomerAlgorithm(config.sseCustomerAlgorithm().orElse(null))
        .sseCustomerKey(customerKey)
        .sseCustomerKeyMD5(customerKeyMd5)
        .acl(config.acl().orElse(null))
        .grantFullControl(config.grantFullControl().orElse(null))
        .grantRead(config.grantRead().orElse(null))
        .grantReadACP(config.grantReadAcp().orElse(null))
        .grantWriteACP(config.grantWriteAcp().orElse(null))
        .checksumAlgorithm(checksum)
        .tagging(config.tagging().orElse(null));
  }
}
