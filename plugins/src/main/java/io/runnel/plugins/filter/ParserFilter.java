package io.runnel.plugins.filter;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.PluginSection;
import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.Filter;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.FieldText;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Parses one field of each record and puts what it holds into the record, or in its place. */
public final class ParserFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("parser", Config.class, ParserFilter::new).legacy(LegacyParameters.PARSE);

  @Doc("Parses one field of each record.")
  record Config(
      @Doc("The field; a path into the record such as $.a.b too.") String keyName,
      @Doc("Keeps the other fields.") @Default("false") boolean reserveData,
      @Doc("Keeps the time of the event.") @Default("false") boolean reserveTime,
      @Doc("Removes the field where it was parsed.") @Default("false") boolean removeKeyNameField,
      @Doc("Stands in front of each parsed key.") Optional<String> injectKeyPrefix,
      @Doc("Replaces bytes that are no UTF-8 with ?.") @Default("false")
          boolean replaceInvalidSequence,
      @Doc("Field under which what was parsed is put as a map.") Optional<String> hashValueField,
      @Doc("Sends what does not parse to the error stream.") @Default("true")
          boolean emitInvalidRecordToError,
      @Doc("How the field is read.") PluginSection parse) {}

  private static final byte[][] NO_KEYS = {};

  private final Config config;
  private final PluginContext context;
  private final Parser parser;
  private final RecordAccessor field;
  private final byte[] prefix;
  private final byte[] hashField;
  private final byte[][] without;

  ParserFilter(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    this.parser = context.parser(config.parse);
    try {
      field = RecordAccessor.of(config.keyName);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), context.element().placeOf("key_name"), e);
    }
    prefix = bytes(config.injectKeyPrefix);
    hashField = bytes(config.hashValueField);
    boolean plain = config.removeKeyNameField && field.isPlainKey();
    without =
        plain
            ? new byte[][] {((String) field.path().getFirst()).getBytes(StandardCharsets.UTF_8)}
            : NO_KEYS;
  }

  private static byte[] bytes(Optional<String> text) {
    return text.map(t -> t.getBytes(StandardCharsets.UTF_8)).orElse(null);
  }

  /** One run over a stream: what it writes into and what it uses again for each event. */
  private final class Run {
    final EventBuilder out;
    final EventBuilder parsed = new EventBuilder();
    final Bytes text = new Bytes(0);
    final Bytes values = new Bytes(0);
    final String tag;

    Run(String tag, int bytes) {
      this.tag = tag;
      this.out = new EventBuilder(new Bytes(bytes + bytes / 2));
    }

    void event(EventCursor cursor) {
      MsgpackReader reader =
          new MsgpackReader(cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
      if (field.find(reader) < 0 || reader.peekNil()) {
        invalid(cursor, new RubyFault("ArgumentError", config.keyName + " does not exist"));
        keepUnparsed(cursor);
        return;
      }
      byte[] source = reader.buffer();
      int offset;
      int length;
      if (reader.peekString() && !config.replaceInvalidSequence) {
        length = reader.readStringHeader();
        offset = reader.position();
      } else {
        text.clear();
        FieldText.write(reader, text);
        if (config.replaceInvalidSequence) {
          Scrub.invalid(text);
        }
        source = text.array();
        offset = 0;
        length = text.length();
      }
      parse(cursor, source, offset, length);
    }

    private void parse(EventCursor cursor, byte[] source, int offset, int length) {
      parsed.clear();
      boolean now = parser.estimatesTime() && !config.reserveTime;
      parsed.defaultTime(now ? context.clock().eventTime() : cursor.time());
      int count;
      try {
        count = parser.parse(source, offset, length, parsed);
      } catch (ParseException e) {
        boolean own = e.isParserError();
        invalid(cursor, own ? e : new ParseException("parse failed " + e.getMessage(), e));
        return;
      } catch (RuntimeException e) {
        invalid(cursor, new ParseException("parse failed " + e.getMessage(), e));
        return;
      }
      if (count == 0) {
        String value = new String(source, offset, length, StandardCharsets.UTF_8);
        invalid(cursor, new ParseException("pattern not matched with data '" + value + "'"));
        keepUnparsed(cursor);
        return;
      }
      Bytes all = parsed.out();
      EventCursor results = new EventCursor(all.array(), 0, all.length());
      while (results.next()) {
        long time = config.reserveTime ? cursor.time() : results.time();
        MsgpackReader overlay =
            new MsgpackReader(results.bytes(), results.recordOffset(), results.recordLength());
        add(time == EventTime.NONE ? cursor.time() : time, cursor, overlay, true);
      }
    }

    private void invalid(EventCursor cursor, Exception error) {
      if (config.emitInvalidRecordToError) {
        context.emitter().emitError(tag, cursor.time(), cursor.record(), error);
      }
    }

    /** A record that did not parse goes on where the other data is to be kept. */
    private void keepUnparsed(EventCursor cursor) {
      if (config.reserveData) {
        add(cursor.time(), cursor, new MsgpackReader(new byte[] {(byte) 0x80}), false);
      }
    }

    private void add(long time, EventCursor cursor, MsgpackReader overlay, boolean success) {
      MsgpackReader shaped = shape(overlay);
      out.begin();
      out.time(time);
      if (config.reserveData) {
        byte[][] dropped = success ? without : NO_KEYS;
        PackedMaps.merge(base(cursor, success), shaped, dropped, NO_KEYS, out.out());
      } else {
        int from = shaped.position();
        out.out().write(shaped.buffer(), from, shaped.limit() - from);
      }
      out.commit();
    }

    /** The original record, without the parsed field where that is deep inside. */
    private MsgpackReader base(EventCursor cursor, boolean success) {
      if (!success || !config.removeKeyNameField || without.length > 0) {
        return new MsgpackReader(cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
      }
      Map<String, Object> record = cursor.record(); // decoded anew: nobody else has it
      field.delete(record);
      Bytes packed = new Bytes(cursor.recordLength());
      new MsgpackWriter(packed).value(record);
      return new MsgpackReader(packed.array(), 0, packed.length());
    }

    /** Prefixes the keys and puts all under one key, where that is wanted. */
    private MsgpackReader shape(MsgpackReader overlay) {
      if (prefix == null && hashField == null) {
        return overlay;
      }
      values.clear();
      if (hashField != null) {
        MsgpackWriter writer = new MsgpackWriter(values);
        writer.mapHeader(1);
        writer.string(hashField, 0, hashField.length);
      }
      if (prefix != null) {
        PackedMaps.prefixKeys(overlay, prefix, values);
      } else {
        int from = overlay.position();
        values.write(overlay.buffer(), from, overlay.limit() - from);
      }
      return new MsgpackReader(values.array(), 0, values.length());
    }
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    Run run = new Run(tag, stream.length());
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      run.event(cursor);
    }
    return run.out.take();
  }

  @Override
  public void start() throws Exception {
    parser.start();
  }

  @Override
  public void stop() {
    parser.stop();
  }

  @Override
  public void close() {
    parser.close();
  }
}
