package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigException;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.Json;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.client.ChunkProgress;
import io.runnel.plugins.client.ChunkProgressTable;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Delivers chunks by bulk requests: what all outputs of this connector have in common. Safe for use
 * by several threads at once.
 *
 * <p>The server is first spoken to with the first chunk, never at the start: a cluster that is down
 * then delays nothing but its own chunks.
 */
final class BulkOutput {
  private final Product product;
  private final DocumentConfig documents;
  private final DeliveryConfig delivery;
  private final ConnectionConfig connection;
  private final Cluster cluster;
  private final Hosts fixed;
  private final OutputContext context;
  private final DocumentTimes times;
  private final IgnoredErrors ignored;
  private final Map<Hosts, Integer> versions = new java.util.WeakHashMap<>();
  private final ChunkProgressTable progress = new ChunkProgressTable();

  /**
   * @param fixed the hosts where host and hosts of the configuration do not count; or null
   */
  BulkOutput(
      Product product,
      ConnectionConfig connection,
      DocumentConfig documents,
      DeliveryConfig delivery,
      Cluster cluster,
      Hosts fixed,
      OutputContext context) {
    this.fixed = fixed;
    this.product = product;
    this.connection = connection;
    this.documents = documents;
    this.delivery = delivery;
    this.cluster = cluster;
    this.context = context;
    times = new DocumentTimes(documents, context);
    ignored = new IgnoredErrors(delivery.ignoreExceptions(), context.log());
    for (String parameter : new String[] {"sniffer_class_name", "selector_class_name"}) {
      if (context.element().peek(parameter) != null) {
        context.log().warn(parameter + " names a Ruby class and has no effect here");
      }
    }
  }

  Product product() {
    return product;
  }

  Cluster cluster() {
    return cluster;
  }

  DocumentConfig documents() {
    return documents;
  }

  DeliveryConfig delivery() {
    return delivery;
  }

  OutputContext context() {
    return context;
  }

  DocumentTimes times() {
    return times;
  }

  void checkBuffer(boolean placeholders) {
    boolean known = context.buffer().hasTag() || context.buffer().chunkKeys().contains("_index");
    if (!placeholders && !known) {
      throw new ConfigException(
          "'tag' or '_index' in chunk_keys is required.", context.element().place());
    }
  }

  /** Whether a text changes with the chunk. */
  boolean hasPlaceholder(String text) {
    return text.contains("${") || text.contains("%") && context.buffer().hasTime();
  }

  /** The hosts for a chunk. */
  Hosts hosts(Chunk chunk) {
    return hosts(connection.hosts().map(chunk::expand), chunk.expand(connection.host()));
  }

  /** The hosts of texts without placeholders. */
  Hosts hosts(Optional<String> hosts, String host) {
    return fixed != null ? fixed : cluster.hosts(hosts, host);
  }

  /**
   * The major version of the server, asked for once.
   *
   * @throws IOException where it does not say; the wrong password is said here
   */
  int version(Hosts hosts) throws IOException {
    if (!product.checksVersion()) {
      return product.defaultVersion();
    }
    synchronized (versions) {
      Integer known = versions.get(hosts);
      if (known != null) {
        return known;
      }
    }
    HttpResponse answer = cluster.json(hosts, "GET", "/", null);
    if (!answer.isSuccess()) {
      throw failure(hosts, answer);
    }
    int version = major(answer.body());
    synchronized (versions) {
      versions.put(hosts, version);
    }
    return version;
  }

  private int major(String body) {
    try {
      if (Json.parse(body) instanceof Map<?, ?> root
          && root.get("version") instanceof Map<?, ?> version
          && version.get("number") instanceof String number) {
        return Integer.parseInt(number.split("\\.")[0]);
      }
    } catch (IllegalArgumentException e) {
      context.log().debug("the answer to GET / is not as expected: " + e.getMessage());
    }
    context
        .log()
        .warn(
            "can not dig version information. Assuming "
                + product.name()
                + " "
                + product.defaultVersion());
    return product.defaultVersion();
  }

  /** The error for a request that was answered, but not with success. */
  IOException failure(Hosts hosts, HttpResponse answer) {
    String hint =
        switch (answer.status()) {
          case 401 -> " (wrong user, password or api_key)";
          case 403 -> " (this user may not do this)";
          case 429 -> " (the cluster's queue is full)";
          default -> "";
        };
    return new IOException(prefix(hosts) + cut(answer.toString()) + hint);
  }

  private String prefix(Hosts hosts) {
    return "could not push logs to " + product.name() + " cluster (" + hosts + "): ";
  }

  private static String cut(String text) {
    return text.length() > 1000 ? text.substring(0, 1000) + "..." : text;
  }

  /** Delivers a chunk with the same names for all its events. */
  void write(Chunk chunk, Plan plan, Names names, Setup setup) throws IOException {
    Hosts hosts = hosts(chunk);
    deliver(
        chunk,
        hosts,
        setup,
        names,
        version -> {
          Fields fields = Fields.of(documents, product.routingName(version));
          Map<String, String> affinity =
              documents.targetIndexAffinity()
                  ? Affinity.find(this, hosts, chunk, plan, names, fields)
                  : Map.of();
          DocumentWriter writer =
              new DocumentWriter(product, documents, fields, times, plan, names, version, affinity);
          return (event, tag) -> writer;
        });
  }

  /** Chooses the writer for each event. */
  interface Writers {
    DocumentWriter of(EventCursor event, String tag);
  }

  /** Makes the writers once the version of the server is known. */
  interface WritersMaker {
    Writers make(int version) throws IOException;
  }

  void deliver(Chunk chunk, Hosts hosts, Setup setup, Names names, WritersMaker maker)
      throws IOException {
    ChunkProgress done = progress.take(chunk);
    try {
      int version;
      Writers writers;
      try {
        version = version(hosts);
        writers = maker.make(version);
      } catch (IOException e) {
        throw named(hosts, e);
      }
      new ChunkDelivery(this, chunk, hosts, setup, names, version, writers, done).run();
    } catch (IOException e) {
      progress.keep(chunk, done);
      if (ignored.match(e)) {
        ignore(chunk, e);
        return;
      }
      throw e;
    }
    progress.forget(chunk);
  }

  IOException named(Hosts hosts, IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith("could not push") ? e : new IOException(prefix(hosts) + message, e);
  }

  private void ignore(Chunk chunk, IOException e) {
    context.log().warn("Exception ignored in tag " + chunk.tag() + ": " + e.getMessage());
    progress.forget(chunk);
    if (delivery.exceptionBackup()) {
      throw new UnrecoverableException("ignored by ignore_exceptions: " + e.getMessage(), e);
    }
  }

  /** The names of a chunk. */
  Names names(Chunk chunk, Optional<String> type, String application) {
    return new Names(
        chunk.expand(documents.logstashPrefix()),
        chunk.expand(documents.logstashDateformat()),
        chunk.expand(documents.indexName()),
        type.map(chunk::expand).orElse(null),
        documents.pipeline().map(chunk::expand),
        chunk.expand(application));
  }

  /** Calls back for events by their numbers in the chunk. */
  interface Numbered {
    void accept(int number, EventCursor event);
  }

  static void eachEvent(Chunk chunk, Numbered consumer) throws IOException {
    int[] number = {0};
    chunk.eachStream(
        (EventStream stream) -> {
          for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
            consumer.accept(number[0]++, cursor);
          }
        });
  }
}
