package io.runnel.connectors.elasticsearch;

import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.MsgpackToJson;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Writes events as actions of bulk requests, for one set of names. Used by one thread.
 *
 * <p>An action is {@code {"index":{"_index":…}}} and a line feed, then the document and a line
 * feed.
 */
final class DocumentWriter {
  /** Requests that are filled at the same time, with include_index_in_url; then all are sent. */
  static final int MAX_REQUESTS = 100;

  private final Product product;
  private final DocumentConfig config;
  private final Plan plan;
  private final Names names;
  private final int version;
  private final Map<String, String> affinity;
  private final PackedDocument packed;
  private final MapDocument map;
  private final IndexNames indices;
  private final String plainIndex;
  private final Bytes meta = new Bytes(256);
  private final Bytes head = new Bytes(128);
  private String headIndex;
  private String headType;

  /**
   * @param affinity indices by id, where documents are updated; empty for none
   */
  DocumentWriter(
      Product product,
      DocumentConfig config,
      Fields fields,
      DocumentTimes times,
      Plan plan,
      Names names,
      int version,
      Map<String, String> affinity) {
    this.product = product;
    this.config = config;
    this.plan = plan;
    this.names = names;
    this.version = version;
    this.affinity = affinity;
    boolean plainly =
        PackedDocument.serves(config, plan, product.typeKey().isPresent()) && affinity.isEmpty();
    packed = plainly ? new PackedDocument(config, plan, fields, times) : null;
    map = new MapDocument(config, plan, fields, times, product.typeKey());
    indices = config.logstashFormat() ? new IndexNames(names, config, times.zone()) : null;
    plainIndex = names.index().toLowerCase(Locale.ROOT);
  }

  Operation operation() {
    return plan.operation();
  }

  /**
   * Appends an event to the request that it belongs to.
   *
   * @param number of the event in its chunk
   * @return the request; null where the record lacks the id that it needs
   */
  BulkRequest write(
      EventCursor event, int number, String tag, String chunk, Map<String, BulkRequest> requests) {
    if (packed != null && !packed.mustChange(event)) {
      return writePacked(event, number, tag, requests);
    }
    MapDocument.Made made = map.make(event.record(), event.time(), tag, chunk);
    meta.clear();
    boolean id = map.meta(made.source(), meta);
    if (plan.needsId() && !id) {
      return null;
    }
    Target target = target(made);
    BulkRequest request = request(target, requests);
    int start = request.body().length();
    action(target, type(made.type()), request.body());
    map.source(made.source(), plan.operation(), request.body());
    request.body().write('\n');
    request.added(number, start);
    return request;
  }

  private BulkRequest writePacked(
      EventCursor event, int number, String tag, Map<String, BulkRequest> requests) {
    meta.clear();
    boolean id = packed.meta(event, meta);
    if (plan.needsId() && !id) {
      return null;
    }
    long time = packed.time(event, tag);
    Target target = byTime(time);
    BulkRequest request = request(target, requests);
    int start = request.body().length();
    action(target, type(null), request.body());
    packed.source(event, time, tag, request.body());
    request.body().write('\n');
    request.added(number, start);
    return request;
  }

  private Target target(MapDocument.Made made) {
    Target target =
        made.index() == null
            ? byTime(made.time())
            : new Target(made.index().toLowerCase(Locale.ROOT), made.index());
    if (!affinity.isEmpty()) {
      String found = affinity.get(map.id(made.source()));
      return found == null ? target : new Target(found, target.alias());
    }
    return target;
  }

  private Target byTime(long time) {
    if (plan.stream() != null) {
      return new Target(plan.stream(), plan.stream());
    }
    if (indices == null) {
      return new Target(plainIndex, plainIndex);
    }
    String separator = config.logstashPrefixSeparator();
    String alias =
        names.logstashPrefix() + separator + names.application() + separator + indices.date(time);
    return new Target(indices.name(time), alias.toLowerCase(Locale.ROOT));
  }

  /** The type of old versions; null for none. */
  private String type(String own) {
    String wanted = own != null && version < 6 ? own : names.type();
    return product.type(version, wanted, config.suppressTypeName());
  }

  private boolean inUrl() {
    return plan.stream() != null || config.includeIndexInUrl();
  }

  private BulkRequest request(Target target, Map<String, BulkRequest> requests) {
    String index = inUrl() ? target.index() : "";
    BulkRequest request = requests.get(index);
    if (request == null) {
      String path = index.isEmpty() ? "/_bulk" : "/" + escape(index) + "/_bulk";
      request = new BulkRequest(path + "?" + BulkAnswer.FILTER, target);
      requests.put(index, request);
    }
    return request;
  }

  static String escape(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private void action(Target target, String type, Bytes out) {
    if (!target.index().equals(headIndex) || !java.util.Objects.equals(type, headType)) {
      head(target.index(), type);
    }
    out.write(head.array(), 0, head.length());
    if (meta.length() > 0) {
      int from = head.array()[head.length() - 1] == '{' ? 1 : 0; // the comma
      out.write(meta.array(), from, meta.length() - from);
    }
    out.ascii("}}\n");
  }

  /** What is the same for all documents of an index. */
  private void head(String index, String type) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (!inUrl()) {
      members.put("_index", index);
    }
    if (type != null) {
      members.put("_type", type);
    }
    names.pipeline().ifPresent(pipeline -> members.put("pipeline", pipeline));
    head.clear();
    head.ascii("{\"" + plan.operation().action() + "\":");
    MsgpackToJson.write(members, head);
    head.setLength(head.length() - 1);
    headIndex = index;
    headType = type;
  }
}
