package io.runnel.connectors.s3;

import io.runnel.connectors.s3.S3OutputConfig.LifecycleRule;
import io.runnel.log.Log;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketLocationConstraint;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleRuleFilter;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The bucket: checked before the first chunk, made where that is wanted. A check that fails is made
 * again before the next chunk, so that a server that is away, or a bucket that is made later, only
 * costs time. Safe for use by several threads.
 */
final class Bucket {
  private static final int NOT_FOUND = 404;
  private static final String DEFAULT_REGION = "us-east-1";

  private final S3OutputConfig config;
  private final String region;
  private final S3Client s3;
  private final Log log;
  private boolean ready;

  Bucket(S3OutputConfig config, String region, S3Client s3, Log log) {
    this.config = config;
    this.region = region;
    this.s3 = s3;
    this.log = log;
  }

  /**
   * Returns when the bucket can be used.
   *
   * @throws IOException with what is wrong
   */
  synchronized void ensure() throws IOException {
    if (ready) {
      return;
    }
    if (config.checkApikeyOnStart()) {
      checkKeys();
    }
    if (config.checkBucket()) {
      ensureExists();
    }
    ensureLifecycle();
    ready = true;
  }

  private void checkKeys() throws IOException {
    try {
      s3.listObjectsV2(list -> list.bucket(config.s3Bucket()).prefix(plainPrefix()).maxKeys(1));
    } catch (NoSuchBucketException e) {
      return; // the next check's
    } catch (SdkException e) {
      throw new IOException(
          "can't call S3 API. Please check your credentials or s3_region configuration. error = "
              + S3Errors.text(e),
          e);
    }
  }

  /** What of path holds for all chunks. */
  private String plainPrefix() {
    String path = config.path();
    int end = path.length();
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '%' || path.charAt(i) == '$') {
        end = i;
        break;
      }
    }
    return path.substring(0, end);
  }

  private void ensureExists() throws IOException {
    String name = config.s3Bucket();
    try {
      s3.headBucket(head -> head.bucket(name));
      return;
    } catch (NoSuchBucketException e) {
      // made below
    } catch (S3Exception e) {
      if (e.statusCode() != NOT_FOUND) {
        throw S3Errors.of("look for the bucket " + name, e);
      }
    } catch (SdkException e) {
      throw S3Errors.of("look for the bucket " + name, e);
    }
    if (!config.autoCreateBucket()) {
      throw new IOException(
          "The specified bucket does not exist: bucket = "
              + name
              + " (make it, or set auto_create_bucket true)");
    }
    log.info(
        "Creating bucket " + name + " on " + config.s3Endpoint().orElse("Amazon S3 " + region));
    CreateBucketRequest.Builder request = CreateBucketRequest.builder().bucket(name);
    if (!region.equals(DEFAULT_REGION)) {
      request.createBucketConfiguration(
          where -> where.locationConstraint(BucketLocationConstraint.fromValue(region)));
    }
    try {
      s3.createBucket(request.build());
    } catch (SdkException e) {
      throw S3Errors.of("create the bucket " + name, e);
    } catch (IllegalArgumentException e) { // the client knows which names can be
      throw new IOException("can't create the bucket " + name + ": " + e.getMessage(), e);
    }
  }

  private void ensureLifecycle() throws IOException {
    if (config.bucketLifecycleRules().isEmpty()) {
      return;
    }
    List<LifecycleRule> wanted =
        config.bucketLifecycleRules().stream()
            .sorted(Comparator.comparing(LifecycleRule::id))
            .toList();
    try {
      if (wanted.equals(lifecycle())) {
        return;
      }
      log.info("Configuring bucket lifecycle rules for " + config.s3Bucket());
      s3.putBucketLifecycleConfiguration(
          put ->
              put.bucket(config.s3Bucket())
                  .lifecycleConfiguration(
                      all -> all.rules(wanted.stream().map(Bucket::rule).toList())));
    } catch (SdkException e) {
      throw S3Errors.of("set the lifecycle rules of the bucket " + config.s3Bucket(), e);
    }
  }

  private static software.amazon.awssdk.services.s3.model.LifecycleRule rule(LifecycleRule rule) {
    return software.amazon.awssdk.services.s3.model.LifecycleRule.builder()
        .id(rule.id())
        .filter(LifecycleRuleFilter.builder().prefix(rule.prefix()).build())
        .expiration(expire -> expire.days(rule.expirationDays()))
        .status(ExpirationStatus.ENABLED)
        .build();
  }

  private List<LifecycleRule> lifecycle() {
    try {
      return s3
          .getBucketLifecycleConfiguration(get -> get.bucket(config.s3Bucket()))
          .rules()
          .stream()
          .filter(rule -> rule.expiration() != null && rule.expiration().days() != null)
          .map(
              rule ->
                  new LifecycleRule(
                      rule.id(),
                      rule.filter() == null || rule.filter().prefix() == null
                          ? ""
                          : rule.filter().prefix(),
                      rule.expiration().days()))
          .sorted(Comparator.comparing(LifecycleRule::id))
          .toList();
    } catch (S3Exception e) {
      if (S3Errors.code(e).equals("NoSuchLifecycleConfiguration") || e.statusCode() == NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }
}
