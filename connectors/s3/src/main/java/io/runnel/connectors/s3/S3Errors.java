package io.runnel.connectors.s3;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/** Puts what went wrong into words that say what to look at. */
final class S3Errors {
  private S3Errors() {}

  /**
   * @param what what could not be done, such as {@code put s3://bucket/key}
   */
  static IOException of(String what, SdkException e) {
    return new IOException("can't " + what + ": " + text(e), e);
  }

  /** Error code and message of the service or of the connection, and a hint. */
  static String text(SdkException e) {
    if (e instanceof AwsServiceException service) {
      String code = code(service);
      String message =
          service.awsErrorDetails() == null ? null : service.awsErrorDetails().errorMessage();
      return (code.isEmpty() ? "status " + service.statusCode() : code)
          + (message == null || message.isEmpty() ? "" : ": " + message)
          + hint(service, code);
    }
    Throwable root = e;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    if (root instanceof UnknownHostException) {
      return "unknown host " + root.getMessage() + " (check s3_endpoint, s3_region and the DNS)";
    }
    if (root instanceof ConnectException) {
      return "the server cannot be reached: " + root.getMessage();
    }
    if (e instanceof SdkClientException && noCredentials(e)) {
      return "no credentials found (set aws_key_id and aws_sec_key, a section of credentials, or"
          + " the environment)";
    }
    return root == e ? e.getMessage() : e.getMessage() + " (" + root.getMessage() + ")";
  }

  private static boolean noCredentials(SdkException e) {
    return String.valueOf(e.getMessage()).startsWith("Unable to load credentials");
  }

  /** The service's own word; empty where the answer had no body. */
  static String code(AwsServiceException e) {
    String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
    return code == null ? "" : code;
  }

  private static String hint(AwsServiceException e, String code) {
    return switch (code) {
      case "InvalidAccessKeyId" -> " (check aws_key_id)";
      case "SignatureDoesNotMatch" -> " (check aws_sec_key)";
      case "ExpiredToken", "InvalidToken" -> " (the credentials have expired)";
      case "NoSuchBucket" -> " (check s3_bucket, or set auto_create_bucket true)";
      case "RequestTimeTooSkewed" -> " (the clock of this machine is wrong)";
      case "PermanentRedirect", "AuthorizationHeaderMalformed" ->
          " (the bucket is in another region: set s3_region)";
      default -> byStatus(e.statusCode());
    };
  }

  private static String byStatus(int status) {
    return switch (status) {
      case 301 -> " (the bucket is in another region: set s3_region)";
      case 401, 403 -> " (check the credentials and what they may do)";
      default -> "";
    };
  }
}
