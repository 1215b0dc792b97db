package io.runnel.plugins.formatter;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.TimeConfig;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.FieldText;
import java.nio.charset.StandardCharsets;

/** Labels and values: {@code a:1<TAB>b:2}. A delimiter inside a value is replaced. */
public final class LtsvFormatter implements Formatter {
  public static final PluginType<Config, PluginContext, Formatter> TYPE =
      PluginType.formatter("ltsv", Config.class, LtsvFormatter::new);

  @Doc("Writes each record as labelled values between tabs.")
  record Config(
      @Doc("What ends a line: lf or crlf.") @Default("lf") Newline newline,
      @Doc("What stands between two fields.") @Default("\t") String delimiter,
      @Doc("What stands between a label and its value.") @Default(":") String labelDelimiter,
      @Doc("What replaces a delimiter inside a value.") @Default(" ") String replacement,
      @Doc("Ends each line with a newline.") @Default("true") boolean addNewline,
      @Inline TimeConfig time) {}

  private final byte[] delimiter;
  private final byte[] labelDelimiter;
  private final byte[] replacement;
  private final String newline;

  LtsvFormatter(Config config, PluginContext context) {
    delimiter = Delimiters.unescape(config.delimiter).getBytes(StandardCharsets.UTF_8);
    labelDelimiter = config.labelDelimiter.getBytes(StandardCharsets.UTF_8);
    replacement = config.replacement.getBytes(StandardCharsets.UTF_8);
    newline = config.newline.text(config.addNewline);
  }

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
    MsgpackReader reader = new MsgpackReader(record, offset, length);
    Bytes value = new Bytes(64);
    int pairs = reader.readMapHeader();
    for (int i = 0; i < pairs; i++) {
      if (i > 0) {
        out.write(delimiter);
      }
      FieldText.write(reader, out);
      out.write(labelDelimiter);
      value.clear();
      FieldText.write(reader, value);
      replaced(value, out);
    }
    out.ascii(newline);
  }

  private void replaced(Bytes value, Bytes out) {
    byte[] text = value.array();
    int end = value.length();
    int run = 0;
    for (int at = 0; delimiter.length > 0 && at + delimiter.length <= end; ) {
      if (isDelimiter(text, at)) {
        out.write(text, run, at - run);
        out.write(replacement);
        at += delimiter.length;
        run = at;
      } else {
        at++;
      }
    }
    out.write(text, run, end - run);
  }

  private boolean isDelimiter(byte[] text, int at) {
    for (int i = 0; i < delimiter.length; i++) {
      if (text[at + i] != delimiter[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String type() {
    return "ltsv";
  }
}
