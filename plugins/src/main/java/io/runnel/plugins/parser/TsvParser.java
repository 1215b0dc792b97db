package io.runnel.plugins.parser;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.Required;
import io.runnel.event.EventBuilder;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.util.List;

/** Values between delimiters; the last key takes all that is left. */
public final class TsvParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("tsv", Config.class, TsvParser::new);

  @Doc("Reads values between tabs.")
  public record Config(
      @Inline ParserOptions options,
      @Doc("Names of the values.") @Required List<String> keys,
      @Doc("What is between two values.") @Default("\t") String delimiter) {}

  private final RecordRules rules;
  private final ColumnRecords records;
  private final byte[] delimiter;

  TsvParser(Config config, PluginContext context) {
    rules = new RecordRules(config.options(), context.clock());
    records = new ColumnRecords(rules, config.keys());
    delimiter = Delimiters.bytes(config.delimiter());
  }

  @Override
  public boolean estimatesTime() {
    return rules.estimatesTime();
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    int end = offset + length;
    int keys = records.size();
    int[] places = new int[2 * keys];
    int columns = 0;
    boolean words = delimiter.length == 1 && delimiter[0] == ' ';
    for (int at = offset; at <= end && columns < keys && length > 0; columns++) {
      while (words && at < end && Scan.isSpace(text[at])) {
        at++;
      }
      if (words && at == end) {
        break;
      }
      int next = columns == keys - 1 ? -1 : delimiter(text, at, end, words);
      places[2 * columns] = at;
      places[2 * columns + 1] = next < 0 ? end : next;
      at = next < 0 ? end + 1 : next + delimiter.length;
    }
    records.add(text, places, columns, true, out);
    return 1;
  }

  /** The next delimiter; one that is a space stands for any white space, as in Ruby's split. */
  private int delimiter(byte[] text, int from, int end, boolean words) {
    if (!words) {
      return Scan.find(text, from, end, delimiter);
    }
    int at = from;
    while (at < end && !Scan.isSpace(text[at])) {
      at++;
    }
    return at < end ? at : -1;
  }
}
