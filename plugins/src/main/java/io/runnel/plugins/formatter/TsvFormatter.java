package io.runnel.plugins.formatter;

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
import java.util.List;

/** Named fields between tabs; nothing is escaped. */
public final class TsvFormatter implements Formatter {
  public static final PluginType<Config, PluginContext, Formatter> TYPE =
      PluginType.formatter("tsv", Config.class, TsvFormatter::new);

  @Doc("Writes the named fields between tabs.")
  record Config(
      @Doc("What ends a line: lf or crlf.") @Default("lf") Newline newline,
      @Doc("The fields, in order.") @Required List<String> keys,
      @Doc("What stands between the fields.") @Default("\t") String delimiter,
      @Doc("Ends each line with a newline.") @Default("true") boolean addNewline,
      @Inline TimeConfig time) {}

  private final RecordAccessor[] fields;
  private final String delimiter;
  private final String newline;

  TsvFormatter(Config config, PluginContext context) {
    fields = config.keys.stream().map(RecordAccessor::ofKey).toArray(RecordAccessor[]::new);
    delimiter = Delimiters.unescape(config.delimiter);
    newline = config.newline.text(config.addNewline);
  }

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
    MsgpackReader reader = new MsgpackReader(record, offset, length);
    for (int i = 0; i < fields.length; i++) {
      if (i > 0) {
        out.utf8(delimiter);
      }
      reader.position(offset);
      if (fields[i].find(reader) >= 0) {
        FieldText.write(reader, out);
      }
    }
    out.ascii(newline);
  }

  @Override
  public String type() {
    return "tsv";
  }
}
