package io.runnel.connectors.aws;

import io.runnel.event.Json;
import io.runnel.testkit.FakeHttpServer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The part of CloudWatch Logs that the plugins use, with its errors and its rules of order. */
final class FakeLogs implements AutoCloseable {
  private static final int PAGE = 2;

  private final Map<String, Map<String, List<Map<?, ?>>>> groups = new TreeMap<>();
  private final List<Map<?, ?>> calls = new ArrayList<>();
  private final List<String> operations = new ArrayList<>();
  private final Deque<FakeHttpServer.Answer> answers = new ArrayDeque<>();
  private final FakeHttpServer server;

  FakeLogs() throws IOException {
    server = new FakeHttpServer(this::answer);
  }

  String parameters() {
    return "region eu-west-1\naws_key_id a\naws_sec_key s3cret\nendpoint http://127.0.0.1:"
        + server.port()
        + "\n";
  }

  synchronized void answerOnce(int status, String body) {
    answers.add(new FakeHttpServer.Answer(status, body));
  }

  synchronized void create(String group, String stream) {
    groups.computeIfAbsent(group, ignored -> new TreeMap<>()).put(stream, new ArrayList<>());
  }

  synchronized void put(String group, String stream, long timestamp, String message) {
    groups.get(group).get(stream).add(Map.of("timestamp", timestamp, "message", message));
  }

  synchronized List<String> operations() {
    return List.copyOf(operations);
  }

  synchronized Map<?, ?> call(int i) {
    return calls.get(i);
  }

  synchronized List<String> messages(String group, String stream) {
    return groups.get(group).get(stream).stream().map(e -> e.get("message").toString()).toList();
  }

  private synchronized FakeHttpServer.Answer answer(FakeHttpServer.Request request) {
    String operation = request.headers().get("x-amz-target").replace("Logs_20140328.", "");
    Map<?, ?> body = (Map<?, ?>) Json.parse(request.body());
    operations.add(operation);
    calls.add(body);
    if (!answers.isEmpty()) {
      return answers.poll();
    }
    String group = (String) body.get("logGroupName");
    String stream = (String) body.get("logStreamName");
    return switch (operation) {
      case "CreateLogGroup" -> {
        if (groups.containsKey(group)) {
          yield error("ResourceAlreadyExistsException");
        }
        groups.put(group, new TreeMap<>());
        yield ok(Map.of());
      }
      case "CreateLogStream" -> {
        create(group, stream);
        yield ok(Map.of());
      }
      case "PutLogEvents" -> putEvents(group, stream, (List<?>) body.get("logEvents"));
      case "GetLogEvents" -> getEvents(group, stream, body);
      case "DescribeLogGroups" ->
          ok(named("logGroups", "logGroupName", groups, body.get("logGroupNamePrefix")));
      case "DescribeLogStreams" ->
          ok(
              named(
                  "logStreams",
                  "logStreamName",
                  groups.get(group),
                  body.get("logStreamNamePrefix")));
      default -> ok(Map.of());
    };
  }

  private FakeHttpServer.Answer putEvents(String group, String stream, List<?> events) {
    if (!groups.containsKey(group) || !groups.get(group).containsKey(stream)) {
      return error("ResourceNotFoundException");
    }
    long before = 0;
    for (Object event : events) {
      long time = (Long) ((Map<?, ?>) event).get("timestamp");
      if (time < before) {
        return error("InvalidParameterException");
      }
      before = time;
    }
    events.forEach(event -> groups.get(group).get(stream).add((Map<?, ?>) event));
    return ok(Map.of("nextSequenceToken", "1"));
  }

  private FakeHttpServer.Answer getEvents(String group, String stream, Map<?, ?> body) {
    if (!groups.containsKey(group) || !groups.get(group).containsKey(stream)) {
      return error("ResourceNotFoundException");
    }
    List<Map<?, ?>> all = groups.get(group).get(stream);
    int from = body.get("nextToken") == null ? 0 : Integer.parseInt("" + body.get("nextToken"));
    int to = Math.min(from + PAGE, all.size());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("events", all.subList(from, to));
    answer.put("nextForwardToken", "" + to);
    return ok(answer);
  }

  private static Map<String, Object> named(
      String list, String field, Map<String, ?> found, Object prefix) {
    return Map.of(
        list,
        found.keySet().stream()
            .filter(name -> name.startsWith("" + prefix))
            .map(name -> Map.of(field, name))
            .toList());
  }

  private static FakeHttpServer.Answer ok(Map<String, ?> body) {
    return new FakeHttpServer.Answer(200, Json.write(body));
  }

  static FakeHttpServer.Answer error(String type) {
    return new FakeHttpServer.Answer(
        400, "{\"__type\":\"" + type + "\",\"message\":\"as the service says\"}");
  }

  @Override
  public void close() {
    server.close();
  }
}
