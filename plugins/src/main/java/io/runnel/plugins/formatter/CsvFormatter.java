package io.runnel.plugins.formatter;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.Required;
import io.runnel.config.TimeConfig;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.FieldText;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Named fields as a line of CSV, quoted as Ruby's CSV library does. */
public final class CsvFormatter implements Formatter {
  public static final PluginType<Config, PluginContext, Formatter> TYPE =
      PluginType.formatter("csv", Config.class, CsvFormatter::new);

  @Doc("Writes the named fields as a line of CSV.")
  record Config(
      @Doc("What stands between the fields; TAB for a tab.") @Default(",") String delimiter,
      @Doc("Quotes every field; otherwise only those that need it.") @Default("true")
          boolean forceQuotes,
      @Doc("The fields, in order; paths into the record such as $.a.b too.") @Required
          List<String> fields,
      @Doc("Ends each line with a newline.") @Default("true") boolean addNewline,
      @Inline TimeConfig time) {}

  private final RecordAccessor[] fields;
  private final byte[] delimiter;
  private final boolean forceQuotes;
  private final boolean newline;

  CsvFormatter(Config config, PluginContext context) {
    try {
      fields =
          config.fields.stream()
              .map(String::strip)
              .filter(field -> !field.isEmpty())
              .map(RecordAccessor::of)
              .toArray(RecordAccessor[]::new);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), context.element().placeOf("fields"), e);
    }
    if (fields.length == 0) {
      throw new ConfigException("empty value is specified in fields parameter");
    }
    String text = config.delimiter.equals("TAB") ? "\t" : Delimiters.unescape(config.delimiter);
    delimiter = text.getBytes(StandardCharsets.UTF_8);
    forceQuotes = config.forceQuotes;
    newline = config.addNewline;
  }

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
    MsgpackReader reader = new MsgpackReader(record, offset, length);
    for (int i = 0; i < fields.length; i++) {
      if (i > 0) {
        out.write(delimiter);
      }
      reader.position(offset);
      if (fields[i].find(reader) >= 0 && !reader.peekNil()) {
        int start = out.length();
        FieldText.write(reader, out);
        if (forceQuotes || needsQuotes(out, start)) {
          quote(out, start);
        }
      } else if (forceQuotes) {
        out.ascii("\"\"");
      }
    }
    if (newline) {
      out.write('\n');
    }
  }

  /** Quotes are needed by an empty text, blanks in front, line ends, quotes and delimiters. */
  private boolean needsQuotes(Bytes out, int start) {
    byte[] text = out.array();
    int end = out.length();
    if (start == end || text[start] == ' ' || text[start] >= 9 && text[start] <= 13) {
      return true;
    }
    for (int at = start; at < end; at++) {
      if (text[at] == '"' || text[at] == '\n' || text[at] == '\r' || isDelimiter(text, at, end)) {
        return true;
      }
    }
    return false;
  }

  private boolean isDelimiter(byte[] text, int at, int end) {
    if (end - at < delimiter.length || delimiter.length == 0) {
      return false;
    }
    for (int i = 0; i < delimiter.length; i++) {
      if (text[at + i] != delimiter[i]) {
        return false;
      }
    }
    return true;
  }

  /** Puts quotes around what was written since {@code start} and doubles those in it. */
  private static void quote(Bytes out, int start) {
    int end = out.length();
    int extra = 2;
    byte[] text = out.array();
    for (int at = start; at < end; at++) {
      extra += text[at] == '"' ? 1 : 0;
    }
    text = out.ensure(extra);
    int to = end + extra - 1;
    out.setLength(to + 1);
    text[to--] = '"';
    for (int at = end - 1; at >= start; at--) {
      text[to--] = text[at];
      if (text[at] == '"') {
        text[to--] = '"';
      }
    }
    text[to] = '"';
  }

  @Override
  public String type() {
    return "csv";
  }
}
