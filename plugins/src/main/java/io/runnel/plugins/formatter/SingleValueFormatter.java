package io.runnel.plugins.formatter;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.TimeConfig;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.FieldText;

/** One field of the record as text. */
public final class SingleValueFormatter implements Formatter {
  public static final PluginType<Config, PluginContext, Formatter> TYPE =
      PluginType.formatter("single_value", Config.class, SingleValueFormatter::new);

  @Doc("Writes one field of each record as text.")
  record Config(
      @Doc("What ends a line: lf or crlf.") @Default("lf") Newline newline,
      @Doc("The field.") @Default("message") String messageKey,
      @Doc("Ends each value with a newline.") @Default("true") boolean addNewline,
      @Inline TimeConfig time) {}

  private final RecordAccessor field;
  private final String newline;

  SingleValueFormatter(Config config, PluginContext context) {
    field = RecordAccessor.ofKey(config.messageKey);
    newline = config.newline.text(config.addNewline);
  }

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
    MsgpackReader reader = new MsgpackReader(record, offset, length);
    if (field.find(reader) >= 0) {
      FieldText.write(reader, out);
    }
    out.ascii(newline);
  }

  @Override
  public String type() {
    return "single_value";
  }
}
