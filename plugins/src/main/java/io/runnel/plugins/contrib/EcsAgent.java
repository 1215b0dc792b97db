package io.runnel.plugins.contrib;

import io.runnel.event.Json;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpClient;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The introspection interface of the ECS agent: which containers run on this machine, and why. */
final class EcsAgent {
  /** The names that {@link #containers} knows. */
  static final List<String> FIELDS =
      List.of(
          "docker_id",
          "docker_name",
          "name",
          "desired_status",
          "family",
          "known_status",
          "version",
          "task_arn",
          "cluster",
          "container_instance_arn",
          "container_instance_version");

  /** A machine with thousands of containers has far less. */
  private static final int MOST_ANSWER = 8 << 20;

  private static final Duration OPEN = Duration.ofSeconds(2);
  private static final Duration READ = Duration.ofSeconds(5);

  private final String url;
  private final HttpClient client;

  /**
   * @param url such as {@code http://localhost:51678/v1}
   */
  EcsAgent(String url, PluginContext context) {
    this.url = url.replaceAll("/+$", "");
    client =
        new HttpClient(
            context, new HttpClient.Settings(OPEN, OPEN, READ, READ, null, () -> null, false));
  }

  void start() {
    client.start();
  }

  void stop() {
    client.stop();
  }

  void close() {
    client.close();
  }

  /**
   * Asks for all containers.
   *
   * @return {@link #FIELDS} and their values by Docker's ids
   * @throws IOException where the agent gives no such answer
   */
  Map<String, Map<String, Object>> containers() throws IOException {
    Map<?, ?> machine = get("/metadata");
    Map<String, Map<String, Object>> found = new HashMap<>();
    for (Object task : list(get("/tasks").get("Tasks"))) {
      if (task instanceof Map<?, ?> map) {
        for (Object container : list(map.get("Containers"))) {
          if (container instanceof Map<?, ?> one && one.get("DockerId") instanceof String id) {
            found.put(id, fields(machine, map, one));
          }
        }
      }
    }
    return found;
  }

  private static Map<String, Object> fields(Map<?, ?> machine, Map<?, ?> task, Map<?, ?> one) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("docker_id", one.get("DockerId"));
    fields.put("docker_name", one.get("DockerName"));
    fields.put("name", one.get("Name"));
    fields.put("desired_status", task.get("DesiredStatus"));
    fields.put("family", task.get("Family"));
    fields.put("known_status", task.get("KnownStatus"));
    fields.put("version", task.get("Version"));
    fields.put("task_arn", task.get("Arn"));
    fields.put("cluster", machine.get("Cluster"));
    fields.put("container_instance_arn", machine.get("ContainerInstanceArn"));
    fields.put("container_instance_version", machine.get("Version"));
    return fields;
  }

  private static List<?> list(Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private Map<?, ?> get(String path) throws IOException {
    URI uri = URI.create(url + path);
    HttpResponse answer = client.send("GET", uri, Map.of(), HttpBody.empty(), MOST_ANSWER);
    if (!answer.isSuccess()) {
      throw new IOException("GET " + uri + " failed with code: " + answer.status());
    }
    if (answer.truncated()) {
      throw new IOException("GET " + uri + ": the answer is longer than " + MOST_ANSWER);
    }
    try {
      if (Json.parse(answer.body()) instanceof Map<?, ?> map) {
        return map;
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("GET " + uri + ": " + e.getMessage(), e);
    }
    throw new IOException("GET " + uri + ": the answer is no JSON object");
  }
}
