package io.runnel.plugins.parser;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.UniqueKeys;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.regexp.Regexp;
import java.util.Optional;

/**
 * Labelled values: {@code label:value}, with tabs between them. Parts without a label are dropped.
 */
public final class LtsvParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("ltsv", Config.class, LtsvParser::new);

  @Doc("Reads labelled values between tabs.")
  public record Config(
      @Inline("time_key=time") ParserOptions options,
      @Doc("What is between two pairs.") @Default("\t") String delimiter,
      @Doc("What is between two pairs, as an expression; goes before delimiter.")
          Optional<Regexp> delimiterPattern,
      @Doc("What is between label and value.") @Default(":") String labelDelimiter) {}

  private final RecordRules rules;
  private final byte[] delimiter;
  private final Regexp pattern;
  private final byte[] labelDelimiter;

  LtsvParser(Config config, PluginContext context) {
    rules = new RecordRules(config.options(), context.clock());
    delimiter = Delimiters.bytes(config.delimiter());
    pattern =
        config
            .delimiterPattern()
            .map(regexp -> RecordRules.limited(regexp, config.options()))
            .orElse(null);
    labelDelimiter = Delimiters.bytes(config.labelDelimiter());
  }

  @Override
  public boolean estimatesTime() {
    return rules.estimatesTime();
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    Reading reading = new Reading(text, offset + length, out);
    try {
      reading.pairs(offset);
    } catch (ParseException | RuntimeException e) {
      out.rollback();
      throw e;
    }
    return 1;
  }

  /** One text that is being read. */
  private final class Reading {
    private final byte[] text;
    private final int end;
    private final EventBuilder out;
    private final UniqueKeys keys = new UniqueKeys();
    private int count;
    private boolean repeated;
    private int timeFrom = -1;
    private int timeTo;

    Reading(byte[] text, int end, EventBuilder out) {
      this.text = text;
      this.end = end;
      this.out = out;
    }

    void pairs(int from) throws ParseException {
      MsgpackWriter writer = out.begin();
      int mark = writer.open();
      int at = from;
      while (at < end) {
        int stop;
        int next;
        if (pattern == null) {
          int found = Scan.find(text, at, end, delimiter);
          stop = found < 0 ? end : found;
          next = stop + delimiter.length;
        } else {
          int[] found = nextDelimiter(at);
          stop = found == null ? end : found[0];
          next = found == null ? end : found[1];
        }
        pair(writer, at, stop);
        at = next;
      }
      writer.closeMap(mark, count);
      if (repeated) {
        writer
            .out()
            .setLength(UniqueKeys.dropRepeated(writer.out().array(), mark, writer.out().length()));
      }
      long time = timeFrom < 0 ? EventTime.NONE : rules.time(text, timeFrom, timeTo);
      RecordRules.setTime(out, time);
      out.commit();
    }

    /** The next match that is not empty: an empty one would split every character off. */
    private int[] nextDelimiter(int at) {
      int from = at;
      int[] found = pattern.search(text, at, end - at, from);
      while (found != null && found[0] == found[1] && from < end) {
        from++;
        found = pattern.search(text, at, end - at, from);
      }
      return found == null || found[0] == found[1] ? null : found;
    }

    private void pair(MsgpackWriter writer, int from, int to) throws ParseException {
      int label = Scan.find(text, from, to, labelDelimiter);
      if (label < 0) {
        return;
      }
      int valueFrom = label + labelDelimiter.length;
      Field field = rules.field(text, from, label);
      if (field != null && field.isTime()) {
        timeFrom = valueFrom;
        timeTo = to;
        if (!rules.keepsTime()) {
          return;
        }
      }
      int keyAt = writer.out().length();
      writer.string(text, from, label - from);
      repeated |= keys.add(writer.out().array(), keyAt, writer.out().length());
      rules.write(writer, field == null ? null : field.conversion(), text, valueFrom, to);
      count++;
    }
  }
}
