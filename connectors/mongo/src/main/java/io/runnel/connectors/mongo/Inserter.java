package io.runnel.connectors.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Projections;
import io.runnel.connectors.mongo.Batch.Item;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.bson.BsonMaximumSizeExceededException;
import org.bson.Document;

/**
 * Inserts a batch. Documents that are there from an earlier attempt count as done, those that the
 * server will never take are handed to {@code rejected}, and the rest goes in. Used by one thread.
 */
final class Inserter {
  private static final int DUPLICATE_KEY = 11_000;
  private static final String ID = "_id";

  private final MongoCollection<Document> collection;
  private final InsertManyOptions options;
  private final BiConsumer<Item, String> rejected;

  Inserter(
      MongoCollection<Document> collection, boolean ordered, BiConsumer<Item, String> rejected) {
    this.collection = collection;
    this.options = new InsertManyOptions().ordered(ordered);
    this.rejected = rejected;
  }

  /**
   * @throws com.mongodb.MongoException where the server cannot be reached or refuses the command
   * @throws IOException where documents are left that may be taken later
   */
  void insert(Batch batch) throws IOException {
    while (!batch.isEmpty()) {
      try {
        collection.insertMany(batch.documents(), options);
        return;
      } catch (MongoBulkWriteException e) {
        if (e.getWriteErrors().isEmpty()) {
          throw new IOException("write concern not satisfied: " + e.getWriteConcernError(), e);
        }
        resolve(batch, e.getWriteErrors());
        if (!options.isOrdered()) {
          return;
        }
      } catch (BsonMaximumSizeExceededException e) {
        one(batch, e);
      }
    }
  }

  /** Decides about each document that was not inserted; what is left in the batch comes next. */
  private void resolve(Batch batch, List<BulkWriteError> errors) throws IOException {
    Set<Object> there = null;
    IOException passing = null;
    for (BulkWriteError error : errors) {
      Item item = batch.get(error.getIndex());
      if (error.getCode() == DUPLICATE_KEY) {
        there = there == null ? there(batch) : there;
        if (!isThere(item, there)) {
          rejected.accept(item, error.getMessage());
        }
      } else if (MongoErrors.isPassing(error.getCode())) {
        passing = new IOException(error.getMessage());
      } else {
        rejected.accept(item, error.getMessage());
      }
    }
    if (passing != null) {
      throw passing;
    }
    batch.removeFirst(errors.getLast().getIndex() + 1);
    if (there != null) {
      Set<Object> known = there;
      batch.remove(item -> item.own() && known.contains(item.document().get(ID)));
    }
  }

  /** The ids of this batch that the collection has. */
  private Set<Object> there(Batch batch) {
    List<Object> own = batch.items().stream().filter(Item::own).map(Inserter::idOf).toList();
    Set<Object> found = new HashSet<>();
    collection
        .find(Filters.in(ID, own))
        .projection(Projections.include(ID))
        .forEach(document -> found.add(document.get(ID)));
    return found;
  }

  private static Object idOf(Item item) {
    return item.document().get(ID);
  }

  /** An {@code _id} that the record brought may be another document's: then they differ. */
  private boolean isThere(Item item, Set<Object> there) {
    return item.own()
        ? there.contains(idOf(item))
        : item.document().equals(collection.find(Filters.eq(ID, idOf(item))).first());
  }

  /** The driver does not say which document is too large, so the first goes alone. */
  private void one(Batch batch, BsonMaximumSizeExceededException tooLarge) throws IOException {
    Item item = batch.get(0);
    if (batch.size() == 1) {
      rejected.accept(item, tooLarge.getMessage());
    } else {
      Batch alone = new Batch();
      alone.add(item.event(), item.document(), item.own());
      insert(alone);
    }
    batch.removeFirst(1);
  }
}
