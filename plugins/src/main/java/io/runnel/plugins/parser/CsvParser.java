package io.runnel.plugins.parser;

import io.runnel.config.Alias;
import io.runnel.config.ConfigException;
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

/** Comma-separated values. */
public final class CsvParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("csv", Config.class, CsvParser::new);

  /** How a line is split. */
  public enum Engine {
    /** By the rules of RFC 4180, as Ruby's library does. */
    NORMAL,
    /** At each delimiter, quotes only undone where a field begins with one. */
    FAST
  }

  @Doc("Reads comma-separated values.")
  public record Config(
      @Inline ParserOptions options,
      @Doc("Names of the values.") @Required List<String> keys,
      @Doc("What is between two values.") @Default(",") String delimiter,
      @Doc("normal follows RFC 4180, fast splits typical lines only.")
          @Default("normal")
          @Alias("parser_type")
          Engine parserEngine) {}

  private final RecordRules rules;
  private final ColumnRecords records;
  private final byte[] delimiter;
  private final boolean fast;

  CsvParser(Config config, PluginContext context) {
    rules = new RecordRules(config.options(), context.clock());
    records = new ColumnRecords(rules, config.keys());
    delimiter = Delimiters.bytes(config.delimiter());
    fast = config.parserEngine() == Engine.FAST;
    if (!fast && config.delimiter().matches("[\"\r\n]+")) {
      throw new ConfigException(":col_sep must not be a quote or a line end");
    }
  }

  @Override
  public boolean estimatesTime() {
    return rules.estimatesTime();
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    int end = fast ? Scan.chomp(text, offset, offset + length) : offset + length;
    if (end == offset || !fast && (text[offset] == '\n' || text[offset] == '\r')) {
      return 0;
    }
    CsvColumns columns = new CsvColumns(text, offset, end, delimiter, records.size());
    if (fast) {
      columns.readFast();
    } else {
      columns.read();
    }
    records.add(columns.text(), columns.places(), columns.count(), !fast, out);
    return 1;
  }
}
