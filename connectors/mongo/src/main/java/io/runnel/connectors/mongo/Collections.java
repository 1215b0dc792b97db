package io.runnel.connectors.mongo;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.CreateCollectionOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import io.runnel.config.ByteSize;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/**
 * The collections that are written to. One that is not there is made with what the configuration
 * says of it; without capped or expire_after the server makes it with the first document. Safe for
 * use by several threads.
 */
final class Collections {
  /** Names that are remembered; tags may be without end. */
  private static final int MAX_KNOWN = 10_000;

  private static final int NAMESPACE_EXISTS = 48;

  private final OutputConfig config;
  private final Optional<String> timeKey;
  private final Set<String> known = new HashSet<>();

  Collections(OutputConfig config, Optional<String> timeKey) {
    this.config = config;
    this.timeKey = timeKey;
  }

  MongoCollection<Document> get(MongoDatabase database, String name) {
    boolean special = config.capped() || !config.expireAfter().isZero();
    if (special && isNew(database.getName() + "." + name)) {
      make(database, name);
    }
    return database.getCollection(name);
  }

  private synchronized boolean isNew(String name) {
    return !known.contains(name);
  }

  private void make(MongoDatabase database, String name) {
    if (database.listCollections().filter(new Document("name", name)).first() == null) {
      create(database, name);
      if (!config.expireAfter().isZero() && timeKey.isPresent()) {
        database
            .getCollection(name)
            .createIndex(
                Indexes.ascending(timeKey.get()),
                new IndexOptions().expireAfter(config.expireAfter().toSeconds(), TimeUnit.SECONDS));
      }
    }
    synchronized (this) {
      if (known.size() >= MAX_KNOWN) {
        known.clear();
      }
      known.add(database.getName() + "." + name);
    }
  }

  private void create(MongoDatabase database, String name) {
    CreateCollectionOptions options = new CreateCollectionOptions();
    if (config.capped()) {
      options.capped(true).sizeInBytes(config.cappedSize().orElseThrow().bytes());
      config.cappedMax().map(ByteSize::bytes).ifPresent(options::maxDocuments);
    }
    try {
      database.createCollection(name, options);
    } catch (MongoCommandException e) {
      if (e.getErrorCode() != NAMESPACE_EXISTS) { // another thread or instance was faster
        throw e;
      }
    }
  }
}
