package io.runnel.plugins.parser;

import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.ParseException;

/**
 * Reads syslog messages of RFC 5424. Immutable.
 *
 * <p>The regexp engine is this expression, behind priority, version and time: {@code
 * (?<host>[!-~]{1,255}) (?<ident>[!-~]{1,48}) (?<pid>[!-~]{1,128}) (?<msgid>[!-~]{1,32})
 * (?<extradata>(?:\-|(?:\[.*?(?<!\\)\])+))(?: (?<message>.+))?\z}. The structured data ends at the
 * first closing bracket without a backslash that the end or a space follows: the only places where
 * what is behind it can match.
 */
final class Rfc5424Reader {
  private static final int HOST = 255;
  private static final int IDENT = 48;
  private static final int PID = 128;
  private static final int MSGID = 32;

  private final SyslogFields fields;
  private final boolean withPriority;
  private final boolean stringEngine;
  private final int timeWords;

  Rfc5424Reader(SyslogParser.Config config, SyslogFields fields) {
    this.fields = fields;
    withPriority = config.withPriority();
    stringEngine = config.parserEngine() == SyslogParser.Engine.STRING;
    timeWords = SyslogFields.words(config.rfc5424TimeFormat());
  }

  int read(byte[] text, int offset, int end, EventBuilder out) throws ParseException {
    int timeFrom = withPriority ? afterVersion(text, offset, end) : offset;
    int timeTo = timeFrom < 0 ? -1 : SyslogFields.afterWords(text, timeFrom, end, timeWords);
    if (timeTo < 0) {
      return 0;
    }
    long time = fields.modernTime(text, timeFrom, timeTo);
    int host = timeTo + 1;
    int ident = word(text, host, end, HOST) + 1;
    int pid = ident == 0 ? 0 : word(text, ident, end, IDENT) + 1;
    int msgid = pid == 0 ? 0 : word(text, pid, end, PID) + 1;
    int data = msgid == 0 ? 0 : word(text, msgid, end, MSGID) + 1;
    int dataTo = data == 0 ? -1 : dataEnd(text, data, end);
    if (dataTo < 0) {
      return 0;
    }
    MsgpackWriter writer = out.begin();
    int mark = writer.open();
    int count = 5;
    if (!stringEngine) {
      count += withPriority ? fields.priority(writer, text, offset) : 0;
      count += fields.keptTime(writer, text, timeFrom, timeTo, true);
    }
    fields.write(writer, fields.host, text, host, ident - 1);
    fields.write(writer, fields.ident, text, ident, pid - 1);
    fields.write(writer, fields.pid, text, pid, msgid - 1);
    fields.write(writer, fields.msgid, text, msgid, data - 1);
    if (stringEngine) {
      count += withPriority ? fields.priority(writer, text, offset) : 0;
      writeWithoutBackslashes(writer, text, data, dataTo);
    } else {
      fields.write(writer, fields.extradata, text, data, dataTo);
    }
    if (dataTo < end) {
      int messageTo = stringEngine ? Scan.chomp(text, dataTo + 1, end) : end;
      fields.write(writer, fields.message, text, dataTo + 1, messageTo);
      count++;
    }
    count += stringEngine ? fields.keptTime(writer, text, timeFrom, timeTo, true) : 0;
    return SyslogFields.finish(out, mark, count, time);
  }

  /** The place behind priority, version and one white space; -1 where they are not there. */
  private static int afterVersion(byte[] text, int offset, int end) {
    int from = SyslogFields.afterPriority(text, offset, end);
    if (from < 0) {
      return -1;
    }
    int at = from;
    while (at < end && at < from + 3 && Scan.isDigit(text[at])) {
      at++;
    }
    return at > from && at < end && Scan.isSpace(text[at]) ? at + 1 : -1;
  }

  /** The space behind a word of printable characters; -1 where there is none. */
  private static int word(byte[] text, int from, int end, int longest) {
    int limit = Math.min(end, from + longest + 1);
    int at = from;
    while (at < limit && text[at] >= '!' && text[at] <= '~') {
      at++;
    }
    return at > from && at < limit && text[at] == ' ' ? at : -1;
  }

  /** The end of the structured data, behind which is the end or a space; -1 for none. */
  private int dataEnd(byte[] text, int from, int end) {
    if (from < end && text[from] == '-') {
      return endsAt(text, from + 1, end) ? from + 1 : -1;
    }
    if (from >= end || text[from] != '[') {
      return -1;
    }
    for (int at = from; (at = Scan.find(text, at + 1, end, ']')) > 0; ) {
      if (text[at - 1] != '\\' && endsAt(text, at + 1, end)) {
        return at + 1;
      }
    }
    return -1;
  }

  /** Nothing more, or a space and a message. */
  private boolean endsAt(byte[] text, int at, int end) {
    return at == end || text[at] == ' ' && (at + 1 < end || stringEngine);
  }

  private void writeWithoutBackslashes(MsgpackWriter writer, byte[] text, int from, int to)
      throws ParseException {
    if (Scan.find(text, from, to, '\\') < 0) {
      fields.write(writer, fields.extradata, text, from, to);
      return;
    }
    Bytes plain = new Bytes(to - from);
    for (int i = from; i < to; i++) {
      if (text[i] != '\\') {
        plain.write(text[i]);
      }
    }
    fields.write(writer, fields.extradata, plain.array(), 0, plain.length());
  }
}
