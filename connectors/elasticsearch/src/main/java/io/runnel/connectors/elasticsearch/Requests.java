package io.runnel.connectors.elasticsearch;

import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;

/** The small requests that see to what must be in the cluster. */
final class Requests {
  private static final int NOT_FOUND = 404;

  private final BulkOutput output;
  private final Hosts hosts;

  Requests(BulkOutput output, Hosts hosts) {
    this.output = output;
    this.hosts = hosts;
  }

  /** Whether there is something at a path. */
  boolean exists(String path) throws IOException {
    HttpResponse answer = output.cluster().json(hosts, "GET", path, null);
    if (answer.isSuccess()) {
      return true;
    }
    if (answer.status() == NOT_FOUND) {
      return false;
    }
    throw failure("GET", path, answer);
  }

  HttpResponse get(String path) throws IOException {
    return output.cluster().json(hosts, "GET", path, null);
  }

  /**
   * @param body JSON text, or what is written as JSON; null for none
   */
  void put(String path, Object body) throws IOException {
    HttpResponse answer = output.cluster().json(hosts, "PUT", path, body);
    if (!answer.isSuccess()) {
      throw failure("PUT", path, answer);
    }
  }

  /** Like {@link #put}; that it is there already is fine. */
  void create(String path, Object body) throws IOException {
    HttpResponse answer = output.cluster().json(hosts, "PUT", path, body);
    boolean there =
        answer.body().contains("already_exists") || answer.body().contains("already exists");
    if (!answer.isSuccess() && !there) {
      throw failure("PUT", path, answer);
    }
  }

  private IOException failure(String method, String path, HttpResponse answer) {
    IOException cause = output.failure(hosts, answer);
    return new IOException(cause.getMessage() + " (" + method + " " + path + ")", cause);
  }
}
