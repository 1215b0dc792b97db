package io.runnel.connectors.mongo;

import io.runnel.event.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.bson.Document;

/** Documents on their way, each with the event that it was made of. Used by one thread. */
final class Batch {
  /**
   * @param own whether the document's {@code _id} was given by this output
   */
  record Item(Event event, Document document, boolean own) {}

  private List<Item> items;

  Batch() {
    this(new ArrayList<>());
  }

  private Batch(List<Item> items) {
    this.items = items;
  }

  void add(Event event, Document document, boolean own) {
    items.add(new Item(event, document, own));
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  int size() {
    return items.size();
  }

  Item get(int index) {
    return items.get(index);
  }

  List<Item> items() {
    return items;
  }

  List<Document> documents() {
    return items.stream().map(Item::document).toList();
  }

  void remove(Predicate<Item> done) {
    items.removeIf(done);
  }

  /** Forgets those in front, which are done. */
  void removeFirst(int count) {
    items = new ArrayList<>(items.subList(count, items.size()));
  }
}
