package io.runnel.plugins.parser;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.EventBuilder;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.regexp.Regexp;
import io.runnel.regexp.RegexpTimeoutException;
import io.runnel.regexp.Regexps;
import java.util.Optional;

/**
 * Events of several lines: the expressions {@code format1} to {@code format20} joined. What is left
 * behind a match is parsed again, so that one text may give several events.
 */
public final class MultilineParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("multiline", Config.class, MultilineParser::new);

  private static final int FORMATS = 20;

  @Doc("Reads events of several lines by regular expressions, one for each line.")
  public record Config(
      @Inline("time_key=time") ParserOptions options,
      @Doc("The expression of the first line of an event, between slashes.")
          Optional<String> formatFirstline,
      @Doc("Where given, text that does not match becomes an event with the field unmatched_line.")
          Optional<String> unmatchedLines,
      @Doc("The expression of a line of the event, between slashes; the others are joined to it.")
          Optional<String> format1,
      Optional<String> format2,
      Optional<String> format3,
      Optional<String> format4,
      Optional<String> format5,
      Optional<String> format6,
      Optional<String> format7,
      Optional<String> format8,
      Optional<String> format9,
      Optional<String> format10,
      Optional<String> format11,
      Optional<String> format12,
      Optional<String> format13,
      Optional<String> format14,
      Optional<String> format15,
      Optional<String> format16,
      Optional<String> format17,
      Optional<String> format18,
      Optional<String> format19,
      Optional<String> format20) {}

  private static final byte[] UNMATCHED_LINE = Field.packed("unmatched_line");

  private final RecordRules rules;
  private final PatternParser pattern;
  private final Regexp firstline;
  private final boolean keepsUnmatched;

  MultilineParser(Config config, PluginContext context) {
    rules = new RecordRules(config.options(), context.clock());
    String joined = join(context.element());
    pattern = new PatternParser(compile(joined, true, "formats"), "formats", rules, context.log());
    firstline =
        config
            .formatFirstline()
            .map(text -> compile(inner("format_firstline", text), false, "format_firstline"))
            .orElse(null);
    keepsUnmatched = config.unmatchedLines().isPresent();
  }

  private static String join(ConfigElement section) {
    StringBuilder joined = new StringBuilder();
    boolean ended = false;
    for (int i = 1; i <= FORMATS; i++) {
      String key = "format" + i;
      String text = section.peek(key);
      if (text == null) {
        ended = true;
      } else if (ended) {
        throw new ConfigException(
            "Jump of format index found. format" + (i - 1) + " is missing.", section.placeOf(key));
      } else {
        joined.append(inner(key, text));
      }
    }
    if (joined.isEmpty()) {
      throw new ConfigException("No named captures in 'formats' parameter.", section.place());
    }
    return joined.toString();
  }

  private static String inner(String key, String text) {
    if (text.length() < 2 || !text.startsWith("/") || !text.endsWith("/")) {
      throw new ConfigException("format should be Regexp, need //, in " + key + ": '" + text + "'");
    }
    return text.substring(1, text.length() - 1);
  }

  private static Regexp compile(String source, boolean multiline, String parameter) {
    try {
      return Regexps.compile(source, false, multiline);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "Invalid regexp in " + parameter + " '" + source + "': " + e.getMessage(), null, e);
    }
  }

  /** True where the configuration has an expression for first lines. */
  public boolean hasFirstline() {
    return firstline != null;
  }

  /** True where a line begins an event; never where there is no expression for it. */
  public boolean isFirstline(byte[] text, int offset, int length) {
    try {
      return firstline != null && firstline.matches(text, offset, length);
    } catch (RegexpTimeoutException e) {
      return false;
    }
  }

  @Override
  public boolean estimatesTime() {
    return rules.estimatesTime();
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    long mark = out.mark();
    int end = offset + length;
    int at = offset;
    int added = 0;
    try {
      while (at < end || added == 0) {
        int[] places = pattern.search(text, at, end - at, at);
        if (places == null) {
          return added + unmatched(text, at, end, out);
        }
        added += unmatched(text, at, places[0], out);
        pattern.add(text, places, out);
        added++;
        if (places[1] == places[0]) {
          break; // an empty match would be found for ever
        }
        at = places[1];
        at += at < end && text[at] == '\n' ? 1 : 0;
      }
      return added;
    } catch (ParseException e) {
      out.rewind(mark);
      throw e;
    }
  }

  private int unmatched(byte[] text, int from, int to, EventBuilder out) {
    if (!keepsUnmatched || from == to) {
      return 0;
    }
    MsgpackWriter writer = out.begin();
    writer.mapHeader(1);
    writer.raw(UNMATCHED_LINE, 0, UNMATCHED_LINE.length);
    writer.string(text, from, to - from);
    out.commit();
    return 1;
  }
}
