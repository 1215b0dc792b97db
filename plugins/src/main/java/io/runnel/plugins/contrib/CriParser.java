package io.runnel.plugins.contrib;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.PluginSection;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.AddedFields;
import io.runnel.plugins.parser.ParserOptions;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;
import java.nio.charset.StandardCharsets;

/**
 * The lines that container run times write, {@code TIME STREAM TAG MESSAGE}
 * (fluent-plugin-parser-cri; the format is that of the Kubernetes CRI). TAG is P for a part of a
 * longer message, F for its last part: the filter concat joins them.
 */
public final class CriParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("cri", Config.class, CriParser::new);

  @Doc("Reads the lines of container run times (CRI): time, stream, P or F, message.")
  record Config(
      @Inline({"time_key=time", "time_format=%Y-%m-%dT%H:%M:%S.%L%z", "keep_time_key=true"})
          ParserOptions options,
      @Doc("Adds stream and logtag where <parse> reads the message.") @Default("true")
          boolean mergeCriFields,
      @Doc("How the message is read; it becomes the field message without this section.")
          PluginSection parse) {}

  private static final byte[] STREAM = "stream".getBytes(StandardCharsets.UTF_8);
  private static final byte[] LOGTAG = "logtag".getBytes(StandardCharsets.UTF_8);
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

  private final Config config;
  private final byte[] timeKey;
  private final TimeParser times;
  private final Parser inner;

  CriParser(Config config, PluginContext context) {
    this.config = config;
    timeKey = config.options.timeKey().orElse("time").getBytes(StandardCharsets.UTF_8);
    times = config.options.time().parser(context.clock());
    inner = config.parse.present() ? context.parser(config.parse) : null;
  }

  @Override
  public boolean estimatesTime() {
    return inner == null ? config.options.estimateCurrentEvent() : inner.estimatesTime();
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    int end = offset + length;
    int timeEnd = space(text, offset, end);
    int streamEnd = space(text, timeEnd + 1, end);
    int tagEnd = space(text, streamEnd + 1, end);
    if (timeEnd <= offset || tagEnd >= end) {
      return 0;
    }
    if (inner != null) {
      return parseMessage(text, timeEnd + 1, streamEnd, tagEnd, end, out);
    }
    long time;
    try {
      time = times.parse(text, offset, timeEnd - offset);
    } catch (TimeParseException e) {
      throw new ParseException(e.getMessage(), e);
    }
    MsgpackWriter writer = out.begin();
    out.time(time);
    writer.mapHeader(config.options.keepTimeKey() ? 4 : 3);
    field(writer, STREAM, text, timeEnd + 1, streamEnd);
    field(writer, LOGTAG, text, streamEnd + 1, tagEnd);
    field(writer, MESSAGE, text, tagEnd + 1, end);
    if (config.options.keepTimeKey()) {
      field(writer, timeKey, text, offset, timeEnd);
    }
    out.commit();
    return 1;
  }

  /** Where the next white space is; the end where there is none. */
  private static int space(byte[] text, int from, int end) {
    int at = from;
    while (at < end && text[at] != ' ' && (text[at] < '\t' || text[at] > '\r')) {
      at++;
    }
    return Math.min(at, end);
  }

  private static void field(MsgpackWriter writer, byte[] key, byte[] text, int from, int to) {
    writer.string(key, 0, key.length);
    writer.string(text, from, to - from);
  }

  /** By the inner parser, whose time and fields count. */
  private int parseMessage(
      byte[] text, int stream, int streamEnd, int tagEnd, int end, EventBuilder out)
      throws ParseException {
    if (!config.mergeCriFields) {
      return inner.parse(text, tagEnd + 1, end - tagEnd - 1, out);
    }
    EventBuilder parsed = new EventBuilder();
    int count = inner.parse(text, tagEnd + 1, end - tagEnd - 1, parsed);
    if (count == 0) {
      return 0;
    }
    AddedFields fields =
        AddedFields.NONE
            .with("stream", text(text, stream, streamEnd))
            .with("logtag", text(text, streamEnd + 1, tagEnd));
    var events = parsed.take();
    for (EventCursor cursor = events.cursor(); cursor.next(); ) {
      out.begin();
      if (cursor.time() != EventTime.NONE) {
        out.time(cursor.time());
      }
      fields.write(cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), out.record());
      out.commit();
    }
    return count;
  }

  private static String text(byte[] text, int from, int to) {
    return new String(text, from, to - from, StandardCharsets.UTF_8);
  }

  @Override
  public void start() throws Exception {
    if (inner != null) {
      inner.start();
    }
  }

  @Override
  public void stop() {
    if (inner != null) {
      inner.stop();
    }
  }

  @Override
  public void close() {
    if (inner != null) {
      inner.close();
    }
  }
}
