package io.runnel.connectors.s3;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Sends files as objects; large ones in parts, which S3 wants above 5 GiB and which need not begin
 * anew where one of them fails. An object is there as a whole or not at all.
 *
 * @param threshold bytes from which on parts are sent
 */
record Uploader(S3Client s3, String bucket, ObjectOptions options, long threshold) {
  /** S3 takes 10,000 parts of 5 MiB at least. */
  private static final long PART = 16L << 20;

  private static final long MAX_PARTS = 10_000;

  void put(String key, String contentType, Map<String, String> metadata, Path file)
      throws IOException {
    long size = Files.size(file);
    if (size >= threshold && size > PART) {
      putInParts(key, contentType, metadata, file, size);
      return;
    }
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(bucket)
            .key(key)
            .contentType(contentType)
            .metadata(metadata);
    options.apply(request);
    s3.putObject(request.build(), RequestBody.fromFile(file));
  }

  private void putInParts(
      String key, String contentType, Map<String, String> metadata, Path file, long size)
      throws IOException {
    CreateMultipartUploadRequest.Builder request =
        CreateMultipartUploadRequest.builder()
            .bucket(bucket)
            .key(key)
            .contentType(contentType)
            .metadata(metadata);
    options.apply(request);
    CreateMultipartUploadResponse upload = s3.createMultipartUpload(request.build());
    try {
      List<CompletedPart> parts = new ArrayList<>();
      long partSize = Math.max(PART, (size + MAX_PARTS - 1) / MAX_PARTS);
      for (long at = 0; at < size; at += partSize) {
        parts.add(
            part(
                key, upload.uploadId(), parts.size() + 1, file, at, Math.min(partSize, size - at)));
      }
      s3.completeMultipartUpload(
          complete ->
              complete
                  .bucket(bucket)
                  .key(key)
                  .uploadId(upload.uploadId())
                  .multipartUpload(all -> all.parts(parts)));
    } catch (SdkException | IOException e) {
      abort(key, upload.uploadId(), e);
      throw e;
    }
  }

  /** Parts that are left behind cost money: where this fails too, a lifecycle rule must do it. */
  private void abort(String key, String uploadId, Exception cause) {
    try {
      s3.abortMultipartUpload(abort -> abort.bucket(bucket).key(key).uploadId(uploadId));
    } catch (SdkException e) {
      cause.addSuppressed(e);
    }
  }

  private CompletedPart part(
      String key, String uploadId, int number, Path file, long at, long length) throws IOException {
    UploadPartRequest.Builder request =
        UploadPartRequest.builder()
            .bucket(bucket)
            .key(key)
            .uploadId(uploadId)
            .partNumber(number)
            .contentLength(length);
    options.apply(request);
    RequestBody body =
        RequestBody.fromContentProvider(
            () -> new FilePart(file, at, length), length, "application/octet-stream");
    UploadPartResponse answer = s3.uploadPart(request.build(), body);
    return CompletedPart.builder()
        .partNumber(number)
        .eTag(answer.eTag())
        .checksumCRC32(answer.checksumCRC32())
        .checksumCRC32C(answer.checksumCRC32C())
        .checksumSHA1(answer.checksumSHA1())
        .checksumSHA256(answer.checksumSHA256())
        .build();
  }
}
