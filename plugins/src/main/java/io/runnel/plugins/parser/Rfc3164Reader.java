package io.runnel.plugins.parser;

import io.runnel.event.EventBuilder;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.ParseException;

/**
 * Reads BSD syslog messages: time, host, ident, perhaps a pid, message. Immutable.
 *
 * <p>The regexp engine is this expression, behind priority and time: {@code (?<host>[^ ]*)
 * (?<ident>[^ :\[]*)(?:\[(?<pid>[0-9]+)\])?(?:[^\:]*\:)? *(?<message>.*)$}. Each part ends where
 * the next character cannot belong to it, and the last ones match anything, so nothing is ever
 * tried twice.
 */
final class Rfc3164Reader {
  private static final int TIME_LENGTH = "Jan  1 00:00:00".length();

  private final SyslogFields fields;
  private final boolean withPriority;
  private final boolean colonlessIdent;
  private final boolean stringEngine;
  private final int timeWords;

  Rfc3164Reader(SyslogParser.Config config, SyslogFields fields) {
    this.fields = fields;
    withPriority = config.withPriority();
    colonlessIdent = config.supportColonlessIdent();
    stringEngine = config.parserEngine() == SyslogParser.Engine.STRING;
    timeWords = SyslogFields.words(config.options().time().timeFormat().orElse(""));
  }

  int read(byte[] text, int offset, int end, EventBuilder out) throws ParseException {
    int timeFrom = withPriority ? SyslogFields.afterPriority(text, offset, end) : offset;
    if (timeFrom < 0) {
      return 0;
    }
    return stringEngine
        ? string(text, offset, timeFrom, end, out)
        : regexp(text, offset, timeFrom, end, out);
  }

  private int regexp(byte[] text, int offset, int timeFrom, int end, EventBuilder out)
      throws ParseException {
    int timeTo = SyslogFields.afterWords(text, timeFrom, end, timeWords);
    if (timeTo < 0) {
      return 0;
    }
    long time = fields.time(text, timeFrom, timeTo);
    int hostTo = Scan.find(text, timeTo + 1, end, ' ');
    if (hostTo < 0) {
      return 0;
    }
    MsgpackWriter writer = out.begin();
    int mark = writer.open();
    int count = withPriority ? fields.priority(writer, text, offset) : 0;
    count += fields.keptTime(writer, text, timeFrom, timeTo, true);
    fields.write(writer, fields.host, text, timeTo + 1, hostTo);
    int at = hostTo + 1;
    while (at < end && text[at] != ' ' && text[at] != ':' && text[at] != '[') {
      at++;
    }
    fields.write(writer, fields.ident, text, hostTo + 1, at);
    count += 3;
    int pidTo = afterPid(text, at, end);
    if (pidTo > 0) {
      fields.write(writer, fields.pid, text, at + 1, pidTo);
      count++;
      at = pidTo + 1;
    }
    int colon = Scan.find(text, at, end, ':');
    at = colon < 0 ? at : colon + 1;
    while (at < end && text[at] == ' ') {
      at++;
    }
    int lineEnd = Scan.find(text, at, end, '\n');
    fields.write(writer, fields.message, text, at, lineEnd < 0 ? end : lineEnd);
    return SyslogFields.finish(out, mark, count, time);
  }

  /** The closing bracket of {@code [digits]} at a place; -1 where that is not there. */
  private static int afterPid(byte[] text, int from, int end) {
    if (from >= end || text[from] != '[') {
      return -1;
    }
    int at = from + 1;
    while (at < end && Scan.isDigit(text[at])) {
      at++;
    }
    return at > from + 1 && at < end && text[at] == ']' ? at : -1;
  }

  private int string(byte[] text, int offset, int timeFrom, int end, EventBuilder out)
      throws ParseException {
    int timeTo = timeFrom + TIME_LENGTH;
    if (timeTo < end && text[timeTo] == '.') {
      timeTo = Scan.find(text, timeTo, end, ' ');
    }
    if (timeTo < 0 || timeTo >= end || text[timeTo] != ' ') {
      return 0;
    }
    int hostTo = Scan.find(text, timeTo + 1, end, ' ');
    if (hostTo < 0) {
      return 0;
    }
    long time = fields.time(text, timeFrom, timeTo);
    MsgpackWriter writer = out.begin();
    int mark = writer.open();
    fields.write(writer, fields.host, text, timeTo + 1, hostTo);
    int count = 2 + (withPriority ? fields.priority(writer, text, offset) : 0);
    int from = hostTo + 1;
    int wordTo = Scan.find(text, from, end, ' ');
    if (wordTo > from) {
      int identTo = text[wordTo - 1] == ':' ? wordTo - 1 : colonlessIdent ? wordTo : -1;
      if (identTo >= 0) {
        count += ident(writer, text, from, identTo);
        from = wordTo + 1;
      }
    }
    fields.write(writer, fields.message, text, from, Math.max(from, Scan.chomp(text, from, end)));
    count += fields.keptTime(writer, text, timeFrom, timeTo, false);
    return SyslogFields.finish(out, mark, count, time);
  }

  /** Writes ident, and pid where {@code [pid]} ends it; returns how many fields that are. */
  private int ident(MsgpackWriter writer, byte[] text, int from, int to) throws ParseException {
    int bracket = to > from && text[to - 1] == ']' ? Scan.find(text, from, to, '[') : -1;
    if (bracket < 0) {
      fields.write(writer, fields.ident, text, from, to);
      return 1;
    }
    fields.write(writer, fields.ident, text, from, bracket);
    fields.write(writer, fields.pid, text, bracket + 1, to - 1);
    return 2;
  }
}
