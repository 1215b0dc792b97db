package io.runnel.time;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Ruby's {@code Time#strftime}: directives with the flags {@code - 0 ^ # _ :}, a width and the
 * modifiers E and O. What Ruby does not know stays as text. Immutable.
 */
public final class Strftime {
  /** Longest width that is honoured; a larger one is a mistake or an attack. */
  private static final int MAX_WIDTH = 1024;

  /** Letters that stand for a pattern of others. */
  private static String composite(char letter) {
    return switch (letter) {
      case 'c' -> "%a %b %e %H:%M:%S %Y";
      case 'D', 'x' -> "%m/%d/%y";
      case 'F' -> "%Y-%m-%d";
      case 'T', 'X' -> "%H:%M:%S";
      case 'R' -> "%H:%M";
      case 'r' -> "%I:%M:%S %p";
      case 'v' -> "%e-%^b-%4Y";
      default -> null;
    };
  }

  /** A place in rendered text where digits of the fraction stand. */
  record Fraction(int at, int digits) {}

  private sealed interface Item {}

  private record Text(byte[] bytes) implements Item {}

  /**
   * A directive.
   *
   * @param padding '0', ' ', '-' for none, 0 for the directive's own
   * @param width least number of characters; -1 where not given
   * @param parts what a composite letter stands for; null for a simple one
   */
  private record Directive(
      char letter,
      char padding,
      boolean up,
      boolean change,
      int colons,
      int width,
      List<Item> parts)
      implements Item {}

  private final String pattern;
  private final List<Item> items;

  private Strftime(String pattern, List<Item> items) {
    this.pattern = pattern;
    this.items = items;
  }

  public static Strftime compile(String pattern) {
    return new Strftime(pattern, parse(pattern));
  }

  public static String format(String pattern, long seconds, int nanos, ZoneId zone) {
    Bytes out = new Bytes(64);
    compile(pattern).format(seconds, nanos, Zone.of(zone), out);
    return out.toString();
  }

  public String pattern() {
    return pattern;
  }

  /**
   * Appends the text of a time.
   *
   * @param time packed {@link EventTime}
   */
  public void format(long time, Zone zone, Bytes out) {
    format(EventTime.seconds(time), EventTime.nanos(time), zone, out);
  }

  public void format(long seconds, int nanos, Zone zone, Bytes out) {
    format(seconds, nanos, zone, out, null);
  }

  /**
   * @param fractions collects where plain fractions of a second were written; null where nobody
   *     wants to know
   */
  void format(long seconds, int nanos, Zone zone, Bytes out, List<Fraction> fractions) {
    int offset = zone.offset(seconds);
    new Renderer(new Civil(seconds + offset), seconds, nanos, offset, zone, out, fractions)
        .all(items);
  }

  private static List<Item> parse(String pattern) {
    List<Item> items = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < pattern.length()) {
      int percent = pattern.indexOf('%', at);
      if (percent < 0) {
        break;
      }
      text.append(pattern, at, percent);
      int[] end = new int[1];
      Directive directive = directive(pattern, percent, end);
      if (directive == null) {
        text.append(pattern, percent, end[0]);
      } else if (directive.letter == '%' && directive.width < 0) {
        text.append('%');
      } else {
        flush(text, items);
        items.add(directive);
      }
      at = end[0];
    }
    text.append(pattern, Math.min(at, pattern.length()), pattern.length());
    flush(text, items);
    return List.copyOf(items);
  }

  private static void flush(StringBuilder text, List<Item> items) {
    if (!text.isEmpty()) {
      items.add(new Text(text.toString().getBytes(StandardCharsets.UTF_8)));
      text.setLength(0);
    }
  }

  /** Reads a directive; null where it is none, then the text up to {@code end} stays as it is. */
  private static Directive directive(String pattern, int percent, int[] end) {
    char padding = 0;
    boolean up = false;
    boolean change = false;
    int colons = 0;
    int width = -1;
    int at = percent + 1;
    for (; at < pattern.length(); at++) {
      char c = pattern.charAt(at);
      switch (c) {
        case '-' -> padding = '-';
        case '_' -> padding = ' ';
        case '^' -> up = true;
        case '#' -> change = true;
        case ':' -> colons++;
        case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
          if (c == '0' && width < 0) {
            padding = '0';
          } else {
            width = Math.min(MAX_WIDTH, Math.max(width, 0) * 10 + c - '0');
          }
        }
        case 'E', 'O' -> {
          String allowed = c == 'E' ? "cCxXyY" : "deHkIlmMSuUVwWy";
          if (at + 1 >= pattern.length() || allowed.indexOf(pattern.charAt(at + 1)) < 0) {
            end[0] = Math.min(at + 2, pattern.length());
            return null;
          }
        }
        default -> {
          end[0] = at + 1;
          boolean known =
              c == 'z'
                  ? colons <= 3
                  : colons == 0 && "YCymBbhdejHkIlMSLNZAauwGgVUWsnt%pP".indexOf(c) >= 0;
          String whole = colons == 0 ? composite(c) : null;
          if (whole == null && !known) {
            return null;
          }
          List<Item> parts = whole == null ? null : parse(whole);
          return new Directive(c, padding, up, change, colons, width, parts);
        }
      }
    }
    end[0] = at;
    return null;
  }

  /** Writes one time. */
  private static final class Renderer {
    private final Civil civil;
    private final long seconds;
    private final int nanos;
    private final int offset;
    private final Zone zone;
    private final List<Fraction> fractions;
    private final Bytes out;

    Renderer(
        Civil civil,
        long seconds,
        int nanos,
        int offset,
        Zone zone,
        Bytes out,
        List<Fraction> fractions) {
      this.civil = civil;
      this.seconds = seconds;
      this.nanos = nanos;
      this.offset = offset;
      this.zone = zone;
      this.out = out;
      this.fractions = fractions;
    }

    void all(List<Item> items) {
      for (Item item : items) {
        if (item instanceof Text text) { // a pattern switch would slow every start
          out.write(text.bytes, 0, text.bytes.length);
        } else {
          one((Directive) item);
        }
      }
    }

    private void one(Directive d) {
      if (d.parts != null) {
        composite(d);
        return;
      }
      switch (d.letter) {
        case 'Y' -> number(d, civil.year, civil.year < 0 ? 5 : 4, '0');
        case 'C' -> number(d, Math.floorDiv(civil.year, 100), 2, '0');
        case 'y' -> number(d, Math.floorMod(civil.year, 100), 2, '0');
        case 'm' -> number(d, civil.month, 2, '0');
        case 'd' -> number(d, civil.day, 2, '0');
        case 'e' -> number(d, civil.day, 2, ' ');
        case 'j' -> number(d, civil.yearDay, 3, '0');
        case 'H' -> number(d, civil.hour, 2, '0');
        case 'k' -> number(d, civil.hour, 2, ' ');
        case 'I' -> number(d, twelve(), 2, '0');
        case 'l' -> number(d, twelve(), 2, ' ');
        case 'M' -> number(d, civil.minute, 2, '0');
        case 'S' -> number(d, civil.second, 2, '0');
        case 'L' -> fraction(d.width > 0 ? d.width : 3);
        case 'N' -> fraction(d.width > 0 ? d.width : 9);
        case 'u' -> number(d, civil.isoWeekday(), 1, '0');
        case 'w' -> number(d, civil.weekday, 1, '0');
        case 'G' -> number(d, civil.isoYear(), 4, '0');
        case 'g' -> number(d, Math.floorMod(civil.isoYear(), 100), 2, '0');
        case 'V' -> number(d, civil.isoWeek(), 2, '0');
        case 'U' -> number(d, civil.sundayWeek(), 2, '0');
        case 'W' -> number(d, civil.mondayWeek(), 2, '0');
        case 's' -> number(d, seconds, 1, '0');
        case 'z' -> zone(d);
        default -> text(d, word(d));
      }
    }

    private int twelve() {
      int hour = civil.hour % 12;
      return hour == 0 ? 12 : hour;
    }

    private String word(Directive d) {
      return switch (d.letter) {
        case 'B' -> Names.month(civil.month);
        case 'b', 'h' -> Names.shortened(Names.month(civil.month));
        case 'A' -> Names.day(civil.weekday);
        case 'a' -> Names.shortened(Names.day(civil.weekday));
        case 'p' -> civil.hour < 12 ? "AM" : "PM";
        case 'P' -> civil.hour < 12 ? "am" : "pm";
        case 'Z' -> zone.abbreviation(seconds);
        case 'n' -> "\n";
        case 't' -> "\t";
        default -> "%";
      };
    }

    private void text(Directive d, String word) {
      String shown = word;
      if (d.up) {
        shown = word.toUpperCase(Locale.ROOT);
      } else if (d.change) {
        boolean lower = d.letter == 'p' || d.letter == 'Z';
        shown = lower ? word.toLowerCase(Locale.ROOT) : word.toUpperCase(Locale.ROOT);
      }
      pad(d, shown.length());
      out.utf8(shown);
    }

    private void composite(Directive d) {
      if (d.width < 0 && !d.up) {
        all(d.parts);
        return;
      }
      Bytes inner = new Bytes(64);
      new Renderer(civil, seconds, nanos, offset, zone, inner, null).all(d.parts);
      String whole = inner.toString();
      pad(d, whole.length());
      out.utf8(d.up ? whole.toUpperCase(Locale.ROOT) : whole);
    }

    private void pad(Directive d, int length) {
      if (d.padding != '-') {
        repeat(d.padding == '0' ? '0' : ' ', d.width - length);
      }
    }

    private void repeat(int c, int count) {
      for (int i = 0; i < count; i++) {
        out.write(c);
      }
    }

    private void number(Directive d, long value, int digits, char own) {
      char padding = d.padding == 0 ? own : d.padding;
      int width = d.width >= 0 ? d.width : digits;
      if (padding == '-') {
        width = 0;
      }
      String text = Long.toString(Math.abs(value));
      int missing = width - text.length() - (value < 0 ? 1 : 0);
      if (padding == ' ') {
        repeat(' ', missing);
      }
      if (value < 0) {
        out.write('-');
      }
      if (padding == '0') {
        repeat('0', missing);
      }
      out.ascii(text);
    }

    private void fraction(int digits) {
      if (fractions != null) {
        fractions.add(new Fraction(out.length(), digits));
      }
      byte[] a = out.ensure(digits);
      writeFraction(nanos, a, out.length(), digits);
      out.setLength(out.length() + digits);
    }

    private void zone(Directive d) {
      int rest = Math.abs(offset);
      char sign = offset < 0 ? '-' : '+';
      int hours = rest / 3600;
      int minutes = rest / 60 % 60;
      int odd = rest % 60;
      String tail =
          switch (d.colons) {
            case 0 -> two(minutes);
            case 1 -> ":" + two(minutes);
            case 2 -> ":" + two(minutes) + ":" + two(odd);
            default -> {
              if (odd != 0) {
                yield ":" + two(minutes) + ":" + two(odd);
              }
              yield minutes != 0 ? ":" + two(minutes) : "";
            }
          };
      int forHours = Math.max(d.width - tail.length() - 1, d.padding == '-' ? 1 : 2);
      String number = Integer.toString(hours);
      if (d.padding == ' ') {
        repeat(' ', forHours - number.length());
        out.write(sign);
      } else {
        out.write(sign);
        if (d.padding != '-') {
          repeat('0', forHours - number.length());
        }
      }
      out.ascii(number);
      out.ascii(tail);
    }

    private static String two(int value) {
      return value < 10 ? "0" + value : Integer.toString(value);
    }
  }

  /** Writes the first {@code digits} digits of a fraction of a second; zeros behind the ninth. */
  static void writeFraction(int nanos, byte[] out, int at, int digits) {
    int rest = nanos;
    for (int i = 8; i >= 0; i--) {
      if (i < digits) {
        out[at + i] = (byte) ('0' + rest % 10);
      }
      rest /= 10;
    }
    for (int i = 9; i < digits; i++) {
      out[at + i] = '0';
    }
  }
}
