package io.runnel.plugins.parser;

import io.runnel.config.TimeConfig;
import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import io.runnel.host.Clock;
import io.runnel.plugin.ParseException;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;

/** What both formats of syslog messages share. Immutable. */
final class SyslogFields {
  /** RFC 5424 may leave the fraction of the second out. */
  private static final String WITHOUT_FRACTION = "%Y-%m-%dT%H:%M:%S%z";

  private static final byte[] PRI = Field.packed("pri");
  private static final byte[] TIME = Field.packed("time");

  final Field host;
  final Field ident;
  final Field pid;
  final Field msgid;
  final Field extradata;
  final Field message;

  private final RecordRules rules;
  private final TimeParser times;
  private final TimeParser modernTimes;
  private final TimeParser modernTimesWithoutFraction;

  SyslogFields(SyslogParser.Config config, Clock clock) {
    TimeConfig time = config.options().time();
    rules = new RecordRules(config.options(), clock);
    times = time.parser(clock);
    modernTimes = time.withFormat(config.rfc5424TimeFormat()).parser(clock);
    modernTimesWithoutFraction = time.withFormat(WITHOUT_FRACTION).parser(clock);
    host = rules.field("host");
    ident = rules.field("ident");
    pid = rules.field("pid");
    msgid = rules.field("msgid");
    extradata = rules.field("extradata");
    message = rules.field("message");
  }

  /** The place behind {@code <N>} with one to three digits; -1 where there is no priority. */
  static int afterPriority(byte[] text, int from, int end) {
    int at = from + 1;
    if (from >= end || text[from] != '<') {
      return -1;
    }
    while (at < end && at <= from + 3 && Scan.isDigit(text[at])) {
      at++;
    }
    return at > from + 1 && at < end && text[at] == '>' ? at + 1 : -1;
  }

  /** How many words a time has: its format's runs of spaces, and one. */
  static int words(String format) {
    int words = 1;
    for (int i = 0; i < format.length(); i++) {
      if (format.charAt(i) == ' ' && (i == 0 || format.charAt(i - 1) != ' ')) {
        words++;
      }
    }
    return words;
  }

  /** The end of so many words; each but the last may have several spaces in front. */
  static int afterWords(byte[] text, int from, int end, int words) {
    int at = from - 1;
    for (int i = 0; i < words; i++) {
      while (at + 1 < end && text[at + 1] == ' ') {
        at++;
      }
      at = Scan.find(text, at + 1, end, ' ');
      if (at < 0) {
        return -1;
      }
    }
    return at;
  }

  long time(byte[] text, int from, int to) throws ParseException {
    try {
      return times.parse(text, from, to - from);
    } catch (TimeParseException e) {
      throw new ParseException(e.errorClass(), e.getMessage(), e);
    }
  }

  /** A time of RFC 5424; {@link EventTime#NONE} for its nil value. */
  long modernTime(byte[] text, int from, int to) throws ParseException {
    if (to - from == 1 && text[from] == '-') {
      return EventTime.NONE;
    }
    try {
      return modernTimes.parse(text, from, to - from);
    } catch (TimeParseException first) {
      try {
        return modernTimesWithoutFraction.parse(text, from, to - from);
      } catch (TimeParseException e) {
        throw new ParseException(e.errorClass(), e.getMessage(), e);
      }
    }
  }

  void write(MsgpackWriter writer, Field field, byte[] text, int from, int to)
      throws ParseException {
    field.writeKey(writer);
    rules.write(writer, field.conversion(), text, from, to);
  }

  /** Writes the field pri; returns how many fields that are. */
  int priority(MsgpackWriter writer, byte[] text, int from) {
    int value = 0;
    for (int at = from + 1; text[at] != '>'; at++) {
      value = value * 10 + (text[at] - '0');
    }
    writer.raw(PRI, 0, PRI.length);
    writer.integer(value);
    return 1;
  }

  /**
   * Writes the field time where it is kept; returns how many fields that are.
   *
   * @param squeeze whether one space is written for several, as the regexp engine does
   */
  int keptTime(MsgpackWriter writer, byte[] text, int from, int to, boolean squeeze) {
    if (!rules.keepsTime()) {
      return 0;
    }
    writer.raw(TIME, 0, TIME.length);
    if (!squeeze) {
      writer.string(text, from, to - from);
      return 1;
    }
    Bytes squeezed = new Bytes(to - from);
    for (int i = from; i < to; i++) {
      if (text[i] != ' ' || i == from || text[i - 1] != ' ') {
        squeezed.write(text[i]);
      }
    }
    writer.string(squeezed.array(), 0, squeezed.length());
    return 1;
  }

  /** Ends the record and the event. */
  static int finish(EventBuilder out, int mark, int count, long time) {
    out.record().closeMap(mark, count);
    RecordRules.setTime(out, time);
    out.commit();
    return 1;
  }
}
