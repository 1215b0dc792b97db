package io.runnel.connectors.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.MsgpackReader;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import io.runnel.time.Zone;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bson.Document;

/** Writes each event as a document; both outputs are this. */
final class MongoWriter implements BufferedOutput {
  private static final String DEFAULT_TIME_KEY = "time";
  private static final List<String> FLAT_INJECT =
      List.of("time_key", "tag_key", "include_tag_key", "time_format");
  private static final Pattern DOTS = Pattern.compile("^\\.+|\\.+$");

  private final OutputConfig config;
  private final OutputContext context;
  private final Servers servers;
  private final String collection;
  private final Optional<String> timeKey;
  private final Injector injector;
  private final Documents documents;
  private final Collections collections;
  private MongoClient client;

  MongoWriter(OutputConfig config, Servers.Nodes nodes, OutputContext context) {
    this.config = config;
    this.context = context;
    if (config.connectionString().isEmpty() && config.database().isEmpty()) {
      throw fault("database", "connection_string or database parameter is required");
    }
    if (!config.tagMapped() && !context.element().has("collection")) {
      throw fault("collection", "normal mode requires collection parameter");
    }
    if (config.capped() && config.cappedSize().isEmpty()) {
      throw fault("capped", "'capped_size' parameter is required on <store> of Mongo output");
    }
    if (config.tagMapped()) {
      context
          .log()
          .warn(
              "'tag_mapped' feature is replaced with built-in config placeholder. Please consider"
                  + " to use 'collection ${tag}'.");
    }
    collection = config.tagMapped() ? "${tag}" : config.collection();
    servers =
        Servers.of(
            config.connectionString(),
            config.database(),
            nodes,
            config.auth(),
            config.ssl(),
            new Servers.Durability(config.writeConcern(), config.journaled()));
    timeKey = timeKey(context.element(), config.inject());
    injector = Injector.of(config.inject(), context);
    documents = new Documents(config.documents(), Zone.of(context.zone()), context.log());
    collections = new Collections(config, timeKey);
  }

  /** A chunk becomes one or two requests: those of MongoDB hold 48 MB. */
  static BufferDefaults bufferDefaults(ConfigElement element) {
    String text = element.peek("mongodb_smaller_bson_limit");
    boolean small = text != null && !text.equals("false") && !text.equals("no");
    return BufferDefaults.of(List.of("tag"), "chunk_limit_size", small ? "2m" : "8m");
  }

  /**
   * The field of the time: the section's, if there is one; of the flat parameters {@code time_key},
   * and {@code time} unless {@code include_time_key} says no.
   */
  static Optional<String> timeKey(ConfigElement element, Optional<InjectConfig> inject) {
    Optional<String> given = inject.flatMap(InjectConfig::timeKey);
    boolean flat = FLAT_INJECT.stream().anyMatch(element::has);
    if (given.isPresent() || inject.isPresent() && !flat && !element.has("include_time_key")) {
      return given;
    }
    String include = element.peek("include_time_key");
    boolean excluded = include != null && (include.equals("false") || include.equals("no"));
    return excluded ? Optional.empty() : Optional.of(DEFAULT_TIME_KEY);
  }

  private ConfigException fault(String parameter, String message) {
    Place place = context.element().placeOf(parameter);
    return new ConfigException(message, place);
  }

  @Override
  public void start() {
    synchronized (this) {
      client = servers.connect();
    }
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
      client = null;
    }
  }

  private synchronized MongoClient client() throws IOException {
    if (client == null) {
      throw new IOException("closed");
    }
    return client;
  }

  @Override
  public void write(Chunk chunk) throws IOException, InterruptedException {
    MongoClient open = client();
    String database =
        config.connectionString().isPresent()
            ? servers.database()
            : chunk.expand(servers.database());
    String name = collectionName(chunk);
    String what = "insert into " + database + "." + name;
    Rejections rejections = new Rejections();
    try {
      MongoDatabase target = open.getDatabase(database);
      Inserter inserter =
          new Inserter(
              collections.get(target, name),
              config.ordered(),
              (item, why) -> rejections.add(item.event(), why));
      insert(chunk, inserter, rejections);
    } catch (MongoException e) {
      throw MongoErrors.of(what, servers, open, e);
    } catch (IllegalArgumentException e) { // a name that the driver does not take
      throw new UnrecoverableException("cannot " + what + ": " + e.getMessage(), e);
    }
    rejections.emit(chunk.tag() == null ? "" : chunk.tag(), context.emitter());
  }

  private String collectionName(Chunk chunk) {
    String name = chunk.expand(collection);
    String prefix = config.removeTagPrefix().orElse("");
    if (name.startsWith(prefix)) {
      name = name.substring(prefix.length());
    }
    name = DOTS.matcher(name).replaceAll("");
    return name.isEmpty() ? config.collection() : name;
  }

  /** Batch by batch, as they are read, so that a chunk is never in memory as a whole. */
  private void insert(Chunk chunk, Inserter inserter, Rejections rejections) throws IOException {
    ChunkIds ids = new ChunkIds(chunk.id());
    int[] index = {0};
    IOException[] failure = {null};
    chunk.eachStream(
        stream -> {
          if (failure[0] == null) {
            try {
              inserter.insert(batch(chunk, stream, ids, index, rejections));
            } catch (IOException e) {
              failure[0] = e;
            }
          }
        });
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  private Batch batch(
      Chunk chunk, EventStream stream, ChunkIds ids, int[] index, Rejections rejections) {
    Batch batch = new Batch();
    for (EventCursor cursor = stream.cursor(); cursor.next(); index[0]++) {
      Map<String, Object> record = injected(chunk, cursor);
      Event event = new Event(cursor.time(), record);
      try {
        Document document = documents.document(record, timeKey, cursor.time());
        boolean own = document.get("_id") == null;
        if (own) {
          document.put("_id", ids.id(index[0]));
        }
        batch.add(event, document, own);
      } catch (NumberFormatException e) { // an integer beyond Decimal128
        rejections.add(event, e.getMessage());
      }
    }
    return batch;
  }

  private Map<String, Object> injected(Chunk chunk, EventCursor cursor) {
    if (injector.isEmpty()) {
      return cursor.record();
    }
    Bytes out = new Bytes();
    injector.inject(
        chunk.tag(),
        cursor.time(),
        cursor.bytes(),
        cursor.recordOffset(),
        cursor.recordLength(),
        out);
    return new MsgpackReader(out.array(), 0, out.length()).readRecord();
  }
}
