package io.runnel.plugins.formatter;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.TimeConfig;
import io.runnel.event.Bytes;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.time.TimeFormatter;

/** Time, tag and JSON, between tabs: the default of the file output. */
public final class OutFileFormatter implements Formatter {
  public static final PluginType<Config, PluginContext, Formatter> TYPE =
      PluginType.formatter("out_file", Config.class, OutFileFormatter::new);

  @Doc("Writes the time, the tag and the record as JSON.")
  record Config(
      @Doc("What ends a line: lf or crlf.") @Default("lf") Newline newline,
      @Doc("Writes the time.") @Default("true") boolean outputTime,
      @Doc("Writes the tag.") @Default("true") boolean outputTag,
      @Doc("What stands between the parts: TAB, SPACE or COMMA.") @Default("\t") String delimiter,
      @Inline TimeConfig time) {}

  private final TimeFormatter timeFormatter;
  private final boolean outputTag;
  private final char delimiter;
  private final String newline;

  OutFileFormatter(Config config, PluginContext context) {
    TimeConfig.checkZone(context.element());
    timeFormatter = config.outputTime ? config.time.formatter() : null;
    outputTag = config.outputTag;
    newline = config.newline.text(true);
    // Fluentd knows these words only; whatever else is written stands for the tab
    delimiter =
        switch (config.delimiter) {
          case "SPACE", " " -> ' ';
          case "COMMA", "," -> ',';
          default -> '\t';
        };
  }

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out)
      throws FormatException {
    int start = out.length();
    begin(tag, time, out);
    try {
      JsonFormatter.write(record, offset, length, out);
    } catch (FormatException e) {
      out.setLength(start);
      throw e;
    }
    out.ascii(newline);
  }

  private void begin(String tag, long time, Bytes out) {
    if (timeFormatter != null) {
      timeFormatter.format(time, out);
      out.write(delimiter);
    }
    if (outputTag) {
      out.utf8(tag);
      out.write(delimiter);
    }
  }

  @Override
  public boolean takesJson() {
    return true;
  }

  @Override
  public void formatJson(String tag, long time, byte[] json, int offset, int length, Bytes out) {
    begin(tag, time, out);
    out.write(json, offset, length);
    out.ascii(newline);
  }

  @Override
  public String type() {
    return "out_file";
  }
}
