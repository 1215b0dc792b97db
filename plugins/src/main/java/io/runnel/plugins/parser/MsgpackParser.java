package io.runnel.plugins.parser;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.EventBuilder;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.log.Log;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** A run of MessagePack maps, or arrays of maps; other values are dropped. */
public final class MsgpackParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("msgpack", Config.class, MsgpackParser::new);

  @Doc("Reads MessagePack maps.")
  public record Config(@Inline ParserOptions options) {}

  private final RecordRules rules;
  private final PackedRecords records;
  private final Log log;

  MsgpackParser(Config config, PluginContext context) {
    this(new RecordRules(config.options(), context.clock()), context.log());
  }

  MsgpackParser(RecordRules rules, Log log) {
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

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    long mark = out.mark();
    try {
      MsgpackReader reader = new MsgpackReader(text, offset, length);
      int added = 0;
      while (reader.hasMore()) {
        added += value(reader, out);
      }
      return added;
    } catch (MsgpackException e) {
      out.rewind(mark);
      throw new ParseException(e.getMessage(), e);
    } catch (ParseException e) {
      out.rewind(mark);
      throw e;
    }
  }

  /** Adds the events of the next value; returns how many there are. */
  private int value(MsgpackReader reader, EventBuilder out) throws ParseException {
    if (reader.peekMap()) {
      map(reader, out);
      return 1;
    }
    if (!reader.peekArray()) {
      reader.skip();
      return 0;
    }
    int added = 0;
    for (int left = reader.readArrayHeader(); left > 0; left--) {
      if (reader.peekMap()) {
        map(reader, out);
        added++;
      } else {
        reader.skip();
      }
    }
    return added;
  }

  private void map(MsgpackReader reader, EventBuilder out) throws ParseException {
    int start = reader.position();
    reader.skipDecodable();
    records.add(reader.buffer(), start, reader.position() - start, out);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A record whose time cannot be read is logged and left out.
   *
   * @throws ParseException where the bytes are no MessagePack: no reading goes on behind that
   */
  @Override
  public int parsePrefix(byte[] text, int offset, int length, EventBuilder out)
      throws ParseException {
    MsgpackReader reader = new MsgpackReader(text, offset, length);
    int at = offset;
    try {
      while (reader.hasMore()) {
        reader.skip();
        int end = reader.position();
        long mark = out.mark();
        try {
          value(new MsgpackReader(text, at, end - at), out);
        } catch (ParseException e) {
          out.rewind(mark);
          log.warn("invalid line found", "error", e.getMessage());
        }
        at = end;
      }
      return at - offset;
    } catch (MsgpackException.Truncated e) {
      return at - offset;
    } catch (MsgpackException e) {
      throw new ParseException(e.getMessage(), e);
    }
  }
}
