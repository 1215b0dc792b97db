package io.runnel.connectors.s3;

import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.FakeHttpServer.Answer;
import io.runnel.testkit.FakeHttpServer.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As much of S3 as shows what was asked of it: buckets by path, objects with their headers. The
 * real behaviour is for the tests with a real server.
 */
final class FakeS3 implements AutoCloseable {
  private final Map<String, Request> objects = new ConcurrentHashMap<>();
  private final AtomicInteger lostAnswers = new AtomicInteger();
  private final List<Integer> parts = new CopyOnWriteArrayList<>();
  private volatile boolean bucket = true;
  private volatile String error;
  private final FakeHttpServer server;

  FakeS3() throws IOException {
    server = new FakeHttpServer(this::answer);
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /** Whether there is the bucket. */
  void bucket(boolean exists) {
    bucket = exists;
  }

  boolean hasBucket() {
    return bucket;
  }

  /** Each request gets this code with status 403; null ends it. */
  void refuse(String code) {
    error = code;
  }

  /** So many objects are written and answered with a server's error. */
  void loseAnswers(int count) {
    lostAnswers.set(count);
  }

  /** Objects by their keys, with the requests that wrote them. */
  Map<String, Request> objects() {
    return objects;
  }

  /** The lengths of the parts of objects, in the order in which they came. */
  List<Integer> parts() {
    return parts;
  }

  List<Request> requests() {
    return server.requests();
  }

  private Answer answer(Request request) {
    Answer answer = serve(request);
    return request.method().equals("HEAD")
        ? new Answer(answer.status(), "", answer.headers())
        : answer;
  }

  /** Without the signatures between the pieces of a body ("aws-chunked"). */
  private static Request plain(Request request) {
    if (!request.headers().getOrDefault("x-amz-content-sha256", "").startsWith("STREAMING-")) {
      return request;
    }
    byte[] body = request.body();
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int end = at;
      while (body[end] != '\n') {
        end++;
      }
      String head = new String(body, at, end - at, StandardCharsets.US_ASCII);
      int size = Integer.parseInt(head.split("[;\r]")[0], 16);
      if (size == 0) {
        return new Request(
            request.method(), request.target(), request.headers(), content.toByteArray());
      }
      content.write(body, end + 1, size);
      at = end + 1 + size + 2;
    }
  }

  private Answer serve(Request request) {
    if (error != null) {
      return fault(403, error);
    }
    String[] target = request.target().split("\\?", 2);
    String[] path = target[0].substring(1).split("/", 2);
    boolean ofBucket = path.length < 2 || path[1].isEmpty();
    if (ofBucket && request.method().equals("PUT") && target.length == 1) {
      bucket = true;
      return new Answer(200, "");
    }
    if (!bucket) {
      return fault(404, "NoSuchBucket");
    }
    if (ofBucket) {
      return new Answer(200, "<ListBucketResult/>");
    }
    return object(request, path[1], target.length > 1 ? target[1] : "");
  }

  private Answer object(Request request, String key, String query) {
    if (request.method().equals("POST") && query.startsWith("uploads")) {
      objects.put("upload " + key, request);
      return new Answer(200, "<R><UploadId>u1</UploadId></R>");
    }
    if (request.method().equals("POST")) {
      objects.put(key, objects.remove("upload " + key));
      return new Answer(200, "<R><ETag>e</ETag></R>");
    }
    if (request.method().equals("PUT") && query.contains("partNumber")) {
      parts.add(plain(request).body().length);
      return new Answer(200, "", Map.of("ETag", "p"));
    }
    if (request.method().equals("PUT")) {
      objects.put(key, plain(request));
      return lostAnswers.getAndUpdate(left -> Math.max(left - 1, 0)) > 0
          ? fault(500, "InternalError")
          : new Answer(200, "", Map.of("ETag", "e"));
    }
    Request stored = objects.get(key);
    if (stored == null) {
      return fault(404, "NoSuchKey");
    }
    Map<String, String> headers = new HashMap<>();
    stored
        .headers()
        .forEach(
            (name, value) -> {
              if (name.startsWith("x-amz-meta-")) {
                headers.put(name, value);
              }
            });
    return new Answer(200, "", headers);
  }

  private static Answer fault(int status, String code) {
    return new Answer(
        status, "<Error><Code>" + code + "</Code><Message>" + code + " it is</Message></Error>");
  }

  @Override
  public void close() {
    server.close();
  }
}
