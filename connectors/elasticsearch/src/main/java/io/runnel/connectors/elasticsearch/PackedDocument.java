package io.runnel.connectors.elasticsearch;

import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.RecordAccessor;
import java.nio.charset.StandardCharsets;

/**
 * Writes a document without decoding its record: the JSON of the record as it is packed, and what
 * is added behind its last field. Used by one thread.
 */
final class PackedDocument {
  private final Fields fields;
  private final DocumentTimes times;
  private final boolean stamps;
  private final boolean excludesTimestamp;
  private final RecordAccessor timeKey;
  private final RecordAccessor tagKey;
  private final byte[] tagMember;
  private final MsgpackReader reader = new MsgpackReader(new byte[0]);
  private boolean addsTimestamp;

  /**
   * @param config one that {@link #serves} says yes to
   */
  PackedDocument(DocumentConfig config, Plan plan, Fields fields, DocumentTimes times) {
    this.fields = fields;
    this.times = times;
    stamps = config.logstashFormat() || config.includeTimestamp() || plan.stream() != null;
    excludesTimestamp = config.timeKeyExcludeTimestamp();
    timeKey = fields.time() == null ? null : RecordAccessor.ofKey(fields.time());
    tagKey = fields.addsTag() ? RecordAccessor.ofKey(fields.tag()) : null;
    Bytes member = new Bytes(32);
    MsgpackToJson.writeString(fields.tag(), member);
    member.write(':');
    tagMember = member.toByteArray();
  }

  /** Whether nothing of a record is ever changed or taken out. */
  static boolean serves(DocumentConfig config, Plan plan, boolean typeKey) {
    return !config.flattenHashes()
        && config.targetIndexKey().isEmpty()
        && config.removeKeys().isEmpty()
        && !typeKey
        && !plan.operation().updates()
        && !config.metadata().map(DocumentConfig.Metadata::includeChunkId).orElse(false);
  }

  /** The packed value of a field; -1 where there is none or it is nil or false. */
  private int find(RecordAccessor key, EventCursor event) {
    reader.reset(event.bytes(), event.recordOffset(), event.recordLength());
    int length = key.find(reader);
    if (length < 0) {
      return -1;
    }
    int first = reader.peek();
    return first == 0xc0 || first == 0xc2 ? -1 : length;
  }

  private boolean has(RecordAccessor key, EventCursor event) {
    reader.reset(event.bytes(), event.recordOffset(), event.recordLength());
    return key.find(reader) >= 0;
  }

  /** Whether this record must be changed after all: it has a field that is to be set. */
  boolean mustChange(EventCursor event) {
    return tagKey != null && has(tagKey, event);
  }

  /** The time of the document; says as well whether {@code @timestamp} is added. */
  long time(EventCursor event, String tag) {
    addsTimestamp = false;
    if (!stamps) {
      return event.time();
    }
    if (has(Fields.TIMESTAMP, event)) {
      return times.parse(reader.readValue(), event.time(), tag);
    }
    if (timeKey != null && has(timeKey, event)) {
      addsTimestamp = !excludesTimestamp;
      return times.parse(reader.readValue(), event.time(), tag);
    }
    addsTimestamp = true;
    return event.time();
  }

  /** Appends the members of the action that come from the record. */
  boolean meta(EventCursor event, Bytes out) {
    boolean id = member("_id", fields.id(), event, out);
    member("_parent", fields.parent(), event, out);
    member(fields.routingName(), fields.routing(), event, out);
    return id;
  }

  private boolean member(String name, RecordAccessor key, EventCursor event, Bytes out) {
    if (key == null) {
      return false;
    }
    int length = find(key, event);
    if (length < 0) {
      return false;
    }
    int start = reader.position();
    out.ascii(",\"");
    out.ascii(name);
    out.ascii("\":");
    MsgpackToJson.write(event.bytes(), start, length, out);
    return true;
  }

  /** Appends the document; {@link #time} was called for this event before. */
  void source(EventCursor event, long time, String tag, Bytes out) {
    MsgpackToJson.write(event.bytes(), event.recordOffset(), event.recordLength(), out);
    if (!addsTimestamp && tagKey == null) {
      return;
    }
    out.setLength(out.length() - 1); // the brace
    boolean comma = out.array()[out.length() - 1] != '{';
    if (addsTimestamp) {
      out.ascii(comma ? ",\"@timestamp\":\"" : "\"@timestamp\":\"");
      times.write(time, out);
      out.write('"');
      comma = true;
    }
    if (tagKey != null) {
      if (comma) {
        out.write(',');
      }
      out.write(tagMember);
      byte[] text = tag.getBytes(StandardCharsets.UTF_8);
      MsgpackToJson.writeString(text, 0, text.length, out);
    }
    out.write('}');
  }
}
