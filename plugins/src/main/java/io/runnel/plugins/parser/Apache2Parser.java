package io.runnel.plugins.parser;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.EventBuilder;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.regexp.Regexps;

/**
 * The access log of Apache's HTTP server: code and size are integers, and {@code -} is null. All
 * fields are always there.
 */
public final class Apache2Parser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("apache2", Config.class, Apache2Parser::new);

  @Doc("Reads the access log of Apache's HTTP server; code and size become integers, - null.")
  public record Config(
      @Inline({"time_key=time", "time_format=%d/%b/%Y:%H:%M:%S %z"}) ParserOptions options) {}

  /** Names by group, as in {@link AccessLog#APACHE2}; group 3 is the time. */
  private static final String[] NAMES = {
    "host", "user", "time", "method", "path", "code", "size", "referer", "agent"
  };

  private static final int TIME = 3;
  private static final int METHOD = 4;
  private static final int PATH = 5;
  private static final int CODE = 6;
  private static final int SIZE = 7;

  private final RecordRules rules;
  private final PatternParser pattern;
  private final byte[][] keys = new byte[NAMES.length + 1][];

  Apache2Parser(Config config, PluginContext context) {
    rules = new RecordRules(config.options(), context.clock());
    pattern =
        new PatternParser(
            Regexps.compile(AccessLogExpressions.APACHE2, false, false),
            "expression",
            rules,
            context.log());
    for (int i = 0; i < NAMES.length; i++) {
      keys[i + 1] = Field.packed(NAMES[i]);
    }
  }

  @Override
  public boolean estimatesTime() {
    return rules.estimatesTime();
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    int[] places = pattern.search(text, offset, length, offset);
    if (places == null) {
      return 0;
    }
    long time = rules.rawTime(text, places[2 * TIME], places[2 * TIME + 1]);
    MsgpackWriter writer = out.begin();
    out.time(time);
    writer.mapHeader(rules.keepsTime() ? NAMES.length : NAMES.length - 1);
    try {
      for (int group = 1; group <= NAMES.length; group++) {
        if (group != TIME) {
          writer.raw(keys[group], 0, keys[group].length);
          write(writer, text, group, places[2 * group], places[2 * group + 1]);
        }
      }
    } catch (IllegalArgumentException e) {
      out.rollback();
      throw new ParseException(e.getMessage(), e);
    }
    if (rules.keepsTime()) {
      writer.raw(keys[TIME], 0, keys[TIME].length);
      writer.string(text, places[2 * TIME], places[2 * TIME + 1] - places[2 * TIME]);
    }
    out.commit();
    return 1;
  }

  private static void write(MsgpackWriter writer, byte[] text, int group, int from, int to) {
    boolean dash = to - from == 1 && text[from] == '-' && group != METHOD && group != PATH;
    if (from < 0 || dash) {
      writer.nil();
    } else if (group == CODE || group == SIZE) {
      int before = writer.out().length();
      RubyNumbers.writeInteger(writer, text, from, to);
      if (group == CODE && writer.out().array()[before] == 0) {
        writer.out().setLength(before);
        writer.nil();
      }
    } else {
      writer.string(text, from, to - from);
    }
  }
}
