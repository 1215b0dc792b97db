package io.runnel.plugins.parser;

import io.runnel.config.ConfigElement;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.JsonToMsgpack;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.log.Log;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.time.TimeType;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/** A JSON object is one event, an array of objects is one event for each. */
public final class JsonParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("json", Config.class, JsonParser::new);

  /** Fluentd's choices of a library; all read the same here. */
  public enum Engine {
    OJ,
    YAJL,
    JSON
  }

  @Doc("Reads JSON objects.")
  public record Config(
      @Inline({"time_type=float", "time_key=time"}) ParserOptions options,
      @Doc("Accepted for Fluentd's sake; there is one reader.") @Default("oj") Engine jsonParser,
      @Doc("Accepted for Fluentd's sake; streams are read in the reader's own pieces.")
          @Default("8192")
          int streamBufferSize) {}

  /** Longest part of a broken line that is logged. */
  private static final int SHOWN = 256;

  private final RecordRules rules;
  private final PackedRecords records;
  private final Log log;

  /** One reader that is not in use, kept for the next text. */
  private final AtomicReference<JsonToMsgpack> spare = new AtomicReference<>();

  JsonParser(Config config, PluginContext context) {
    this(new RecordRules(options(config, context.element()), context.clock()), context.log());
  }

  /** A format of the time means that it is text, where the section does not say otherwise. */
  private static ParserOptions options(Config config, ConfigElement section) {
    ParserOptions options = config.options();
    boolean isText = section.has("time_format") && !section.has("time_type");
    return isText ? options.withTime(options.time().withType(TimeType.STRING)) : options;
  }

  JsonParser(RecordRules rules, Log log) {
    this.rules = rules;
    this.log = log;
    records = new PackedRecords(rules);
  }

  @Override
  public boolean estimatesTime() {
    return rules.estimatesTime();
  }

  @Override
  public boolean isStream() {
    return true;
  }

  private JsonToMsgpack reader() {
    JsonToMsgpack reader = spare.getAndSet(null);
    if (reader == null) {
      reader = new JsonToMsgpack();
      reader.watch(rules.timeKey());
    }
    return reader;
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    JsonToMsgpack reader = reader();
    try {
      MsgpackWriter writer = out.begin();
      int at = out.out().length();
      if (!reader.transcode(text, offset, length, writer)) {
        out.rollback();
        if (reader.error().equals(JsonToMsgpack.TOO_BIG)) {
          throw new ParseException(reader.error());
        }
        return 0;
      }
      if (reader.isPlain() && isMap(out.out().array()[at] & 0xff) && !rules.changesValues()) {
        int from = rules.keepsTime() ? offset : reader.cutFrom();
        int to = rules.keepsTime() ? offset : reader.cutTo();
        out.text(text, offset, Math.max(offset, from), Math.max(offset, to), offset + length);
      }
      return finish(reader, out, at);
    } finally {
      spare.set(reader);
    }
  }

  /** Finishes the value that was written at {@code at}; returns the number of events. */
  private int finish(JsonToMsgpack reader, EventBuilder out, int at) throws ParseException {
    int type = out.out().array()[at] & 0xff;
    if (isMap(type)) {
      records.finish(out, at, reader.watchedKey(), reader.watchedValue(), reader.watchedEnd());
      return 1;
    }
    if (type >= 0x90 && type <= 0x9f || type == 0xdc || type == 0xdd) {
      return array(out, at);
    }
    out.rollback();
    return 0;
  }

  private static boolean isMap(int type) {
    return type >= 0x80 && type <= 0x8f || type == 0xde || type == 0xdf;
  }

  private int array(EventBuilder out, int at) throws ParseException {
    Bytes bytes = out.out();
    byte[] items = java.util.Arrays.copyOfRange(bytes.array(), at, bytes.length());
    out.rollback();
    long mark = out.mark();
    MsgpackReader reader = new MsgpackReader(items);
    int added = 0;
    for (int left = reader.readArrayHeader(); left > 0; left--) {
      int start = reader.position();
      boolean map = reader.peekMap();
      reader.skip();
      if (!map) {
        continue;
      }
      try {
        records.add(items, start, reader.position() - start, out);
      } catch (ParseException e) {
        out.rewind(mark);
        throw e;
      }
      added++;
    }
    return added;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where the text is no JSON, the rest of its line is dropped and logged, and reading goes on
   * behind it; Fluentd loses all that follows.
   */
  @Override
  public int parsePrefix(byte[] text, int offset, int length, EventBuilder out) {
    int end = offset + length;
    int at = offset;
    JsonToMsgpack reader = reader();
    try {
      while (at < end) {
        MsgpackWriter writer = out.begin();
        int recordAt = out.out().length();
        int next = reader.transcodePrefix(text, at, end - at, writer);
        if (next >= 0) {
          finishOrLog(reader, out, recordAt);
        } else {
          out.rollback();
          next = next == JsonToMsgpack.INVALID ? afterBrokenLine(reader, text, at, end) : -1;
        }
        if (next < 0) {
          break;
        }
        at = next;
      }
      return at - offset;
    } finally {
      spare.set(reader);
    }
  }

  private void finishOrLog(JsonToMsgpack reader, EventBuilder out, int at) {
    try {
      finish(reader, out, at);
    } catch (ParseException e) {
      log.warn("invalid line found", "error", e.getMessage());
    }
  }

  private int afterBrokenLine(JsonToMsgpack reader, byte[] text, int at, int end) {
    int lineEnd = Scan.find(text, Math.min(reader.errorPosition(), end), end, '\n');
    if (lineEnd >= 0) {
      int shown = Math.min(lineEnd - at, SHOWN);
      log.warn(
          "pattern not matched: " + new String(text, at, shown, StandardCharsets.UTF_8),
          "error",
          reader.error());
    }
    return lineEnd < 0 ? -1 : lineEnd + 1;
  }
}
