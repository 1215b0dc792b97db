package io.runnel.plugins.parser;

import io.runnel.event.Bytes;
import io.runnel.plugin.ParseException;

/**
 * Splits one line of comma-separated values. Columns are places in the line; where a column has to
 * be unquoted, in a copy with the unquoted columns behind the line.
 */
final class CsvColumns {
  private static final byte QUOTE = '"';

  private final byte[] delimiter;
  private final int offset;
  private final int end;
  private final int[] places;
  private final byte[] text;
  private Bytes copy;
  private int count;

  /**
   * @param wanted columns beyond this number are read but not kept
   */
  CsvColumns(byte[] text, int offset, int end, byte[] delimiter, int wanted) {
    this.text = text;
    this.offset = offset;
    this.end = end;
    this.delimiter = delimiter;
    places = new int[2 * wanted];
  }

  /** The line, or the copy that the places belong to. */
  byte[] text() {
    return copy == null ? text : copy.array();
  }

  /** Pairs (start, end); start -1 for null. */
  int[] places() {
    return places;
  }

  int count() {
    return count;
  }

  private void keep(int from, int to) {
    if (2 * count < places.length) {
      places[2 * count] = from;
      places[2 * count + 1] = to;
      count++;
    }
  }

  private void keepNull() {
    keep(-1, -1);
  }

  /** Where unquoted columns go: the line is in front, so that places in it stay right. */
  private Bytes copy() {
    if (copy == null) {
      copy = new Bytes(2 * end);
      copy.write(text, 0, end);
    }
    return copy;
  }

  /** By the rules of RFC 4180: the first row of the text. */
  void read() throws ParseException {
    int at = offset;
    while (true) {
      int next = at < end && text[at] == QUOTE ? quoted(at) : plain(at);
      if (next >= end || !Scan.startsWith(text, next, end, delimiter)) {
        return;
      }
      at = next + delimiter.length;
    }
  }

  private static boolean isLineEnd(byte b) {
    return b == '\n' || b == '\r';
  }

  /** A column without quotes; returns the place behind it. */
  private int plain(int from) throws ParseException {
    int at = from;
    while (at < end && !isLineEnd(text[at]) && !Scan.startsWith(text, at, end, delimiter)) {
      if (text[at] == QUOTE) {
        throw malformed("Illegal quoting in line 1.");
      }
      at++;
    }
    if (at == from) {
      keepNull();
    } else {
      keep(from, at);
    }
    return at;
  }

  /** A column that begins with a quote; returns the place behind it. */
  private int quoted(int from) throws ParseException {
    int at = from + 1;
    int run = at;
    int start = -1;
    while (true) {
      int quote = Scan.find(text, at, end, '"');
      if (quote < 0) {
        throw malformed("Unclosed quoted field in line 1.");
      }
      if (quote + 1 < end && text[quote + 1] == QUOTE) {
        start = start < 0 ? copy().length() : start;
        copy.write(text, run, quote + 1 - run);
        at = quote + 2;
        run = at;
        continue;
      }
      if (start >= 0) {
        copy.write(text, run, quote - run);
        keep(start, copy.length());
      } else {
        keep(run, quote);
      }
      int next = quote + 1;
      if (next < end && !isLineEnd(text[next]) && !Scan.startsWith(text, next, end, delimiter)) {
        throw malformed("Any value after quoted field isn't allowed in line 1.");
      }
      return next;
    }
  }

  /**
   * At each delimiter. A column with one quote, at its start, goes on to the next that ends with
   * one; in a column with more than two, doubled quotes are undone.
   */
  void readFast() {
    int at = offset;
    while (at <= end) {
      int to = columnEnd(at);
      int quotes = 0;
      for (int i = at; i < to; i++) {
        quotes += text[i] == QUOTE ? 1 : 0;
      }
      boolean opens = quotes > 0 && text[at] == QUOTE;
      if (to == at) {
        keepNull();
      } else if (quotes == 1 && opens) {
        to = mergedEnd(to);
        keep(at + 1, Math.max(at + 1, to - 1));
      } else {
        boolean strip = quotes > 1 && opens && text[to - 1] == QUOTE;
        int from = strip ? at + 1 : at;
        int stop = strip ? to - 1 : to;
        if (quotes > 2) {
          keepUndoubled(from, stop);
        } else {
          keep(from, stop);
        }
      }
      at = to + delimiter.length;
    }
  }

  private int columnEnd(int from) {
    int found = Scan.find(text, from, end, delimiter);
    return found < 0 ? end : found;
  }

  /** The end of the column that closes a quote; the line's end where none does. */
  private int mergedEnd(int firstEnd) {
    int to = firstEnd;
    while (to < end) {
      int from = to + delimiter.length;
      to = columnEnd(from);
      if (to > from && text[to - 1] == QUOTE) {
        return to;
      }
    }
    return to;
  }

  private void keepUndoubled(int from, int to) {
    Bytes bytes = copy();
    int start = bytes.length();
    for (int i = from; i < to; i++) {
      bytes.write(text[i]);
      if (text[i] == QUOTE && i + 1 < to && text[i + 1] == QUOTE) {
        i++;
      }
    }
    keep(start, bytes.length());
  }

  private static ParseException malformed(String fault) {
    return new ParseException("CSV::MalformedCSVError", fault, null);
  }
}
