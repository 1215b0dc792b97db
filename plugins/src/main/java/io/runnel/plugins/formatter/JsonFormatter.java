package io.runnel.plugins.formatter;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.TimeConfig;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** One JSON object per record, in the order of its keys. */
public final class JsonFormatter implements Formatter {
  public static final PluginType<Config, PluginContext, Formatter> TYPE =
      PluginType.formatter("json", Config.class, JsonFormatter::new);

  @Doc("Writes each record as one JSON object.")
  record Config(
      @Doc("What ends a line: lf or crlf.") @Default("lf") Newline newline,
      @Doc("Engine of Fluentd (oj, yajl, json); accepted, there is one engine.") @Default("oj")
          String jsonParser,
      @Doc("Ends each record with a newline.") @Default("true") boolean addNewline,
      @Inline TimeConfig time) {}

  private final String newline;

  JsonFormatter(Config config, PluginContext context) {
    newline = config.newline.text(config.addNewline);
  }

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out)
      throws FormatException {
    write(record, offset, length, out);
    out.ascii(newline);
  }

  @Override
  public boolean takesJson() {
    return true;
  }

  @Override
  public void formatJson(String tag, long time, byte[] json, int offset, int length, Bytes out) {
    out.write(json, offset, length);
    out.ascii(newline);
  }

  static void write(byte[] record, int offset, int length, Bytes out) throws FormatException {
    try {
      MsgpackToJson.write(record, offset, length, out);
    } catch (MsgpackException e) {
      throw new FormatException(e.getMessage());
    }
  }

  @Override
  public String type() {
    return "json";
  }
}
