package io.runnel.connectors.mongo;

import com.mongodb.MongoException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.Place;
import io.runnel.config.Secret;
import io.runnel.host.Disk;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.StopSignal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.types.ObjectId;

/**
 * Reads the documents of a collection in the order of their ids, and then those that are added. The
 * last id is stored when the events are safe in the buffers: a kill repeats documents, none is
 * lost.
 */
final class MongoTailInput implements Input {
  static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("mongo_tail", Config.class, MongoTailInput::new).singleWorker();

  private static final long SECOND = 1_000_000_000L;
  private static final long JOIN_MILLIS = 10_000;

  /** Documents that are emitted together. */
  private static final int BATCH = 1000;

  private static final String ID = "_id";

  @Doc("Reads the documents of a MongoDB collection, and then those that are added.")
  record Config(
      @Doc("The database; either this or url.") Optional<String> database,
      @Doc("The collection.") String collection,
      @Doc("The server's host.") @Default("localhost") String host,
      @Doc("The server's port.") @Default("27017") int port,
      @Doc("Seconds between two looks for new documents.") @Default("1") int waitTime,
      @Doc("MongoDB's connection string, with the database in it.") @Secret Optional<String> url,
      @Doc("Tag of the events.") Optional<String> tag,
      @Doc("Field that holds the tag; it is taken out.") Optional<String> tagKey,
      @Doc("Field that holds the time; it is taken out.") Optional<String> timeKey,
      @Doc("Format of the time where it is text; any common one where it is not given.")
          Optional<String> timeFormat,
      @Doc("Has no effect: every ObjectId becomes text.") List<String> objectIdKeys,
      @Doc("File that keeps the last id; without it reading begins at the end.")
          Optional<String> idStoreFile,
      @Doc("Connects with TLS.") @Default("false") boolean ssl,
      @Doc("Documents that are read together.") Optional<Integer> batchSize,
      @Inline AuthConfig auth) {}

  private final Config config;
  private final PluginContext context;
  private final Servers servers;
  private final DocumentEvents events;
  private final Optional<IdStore> store;
  private final StopSignal stop = new StopSignal();
  private ObjectId last;
  private boolean positioned;
  private Thread thread;

  MongoTailInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    if (config.tag.isEmpty() && config.tagKey.isEmpty()) {
      throw fault("tag", "'tag' or 'tag_key' option is required on mongo_tail input");
    }
    if (config.database.isPresent() && config.url.isPresent()) {
      throw fault("url", "Both 'database' and 'url' can not be set");
    }
    if (config.database.isEmpty() && config.url.isEmpty()) {
      throw fault("database", "One of 'database' or 'url' must be specified");
    }
    if (config.batchSize.filter(size -> size <= 0).isPresent()) {
      throw fault("batch_size", "Batch size must be positive.");
    }
    servers =
        Servers.of(
            config.url,
            config.database,
            Servers.Nodes.of(config.host, config.port),
            config.auth,
            SslConfig.of(config.ssl),
            Servers.Durability.OF_SERVER);
    events =
        new DocumentEvents(config.tag, config.tagKey, config.timeKey, config.timeFormat, context);
    store = config.idStoreFile.map(file -> new IdStore(Path.of(file), Disk.local()));
  }

  private ConfigException fault(String parameter, String message) {
    Place place = context.element().placeOf(parameter);
    return new ConfigException(message, place);
  }

  @Override
  public void start() throws IOException {
    if (store.isPresent()) {
      store.get().open(context.ownership());
      last = store.get().read(context.log());
      positioned = true;
    }
    thread = context.start("mongo_tail", this::run);
  }

  @Override
  public void stop() {
    stop.set();
    StopSignal.join(thread, JOIN_MILLIS);
  }

  @Override
  public void close() {
    store.ifPresent(IdStore::close);
  }

  private void run() {
    String quiet = "";
    try (MongoClient client = servers.connect()) {
      while (!stop.isSet()) {
        boolean more = false;
        try {
          more = read(client.getDatabase(servers.database()).getCollection(config.collection));
          quiet = "";
        } catch (MongoInterruptedException e) {
          return;
        } catch (MongoException e) {
          String text = text(client, e);
          if (!text.equals(quiet)) { // once, not each second
            context.log().warn(text);
          }
          quiet = text;
        } catch (EmitException | IOException e) {
          context.log().warn("documents are read again, because they could not be stored", e);
        }
        if (!more) {
          stop.pause(config.waitTime * SECOND);
        }
      }
    }
  }

  private String text(MongoClient client, MongoException e) {
    String what = "read " + servers.database() + "." + config.collection;
    try {
      return MongoErrors.of(what, servers, client, e).getMessage();
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      return what;
    }
  }

  /** Reads what there is, up to a batch; true where there may be more. */
  private boolean read(MongoCollection<Document> collection) throws IOException {
    if (!positioned) {
      Document newest =
          collection.find().projection(Projections.include(ID)).sort(Sorts.descending(ID)).first();
      last = newest == null ? null : newest.get(ID) instanceof ObjectId id ? id : null;
      positioned = true;
    }
    int limit = config.batchSize.orElse(BATCH);
    FindIterable<Document> found =
        last == null ? collection.find() : collection.find(Filters.gt(ID, last));
    ObjectId newLast = last;
    int count = 0;
    try (MongoCursor<Document> cursor = found.sort(Sorts.ascending(ID)).limit(limit).cursor()) {
      for (; cursor.hasNext(); count++) {
        Document document = cursor.next();
        newLast = document.get(ID) instanceof ObjectId id ? id : newLast;
        events.add(document);
      }
    } catch (MongoException e) {
      events.take(); // they are read again
      throw e;
    }
    if (count == 0) {
      return false;
    }
    context.emitter().emit(events.take());
    context.emitter().commit();
    last = newLast;
    if (store.isPresent() && last != null) {
      store.get().write(last);
    }
    return count == limit;
  }
}
