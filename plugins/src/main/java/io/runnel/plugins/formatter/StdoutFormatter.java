package io.runnel.plugins.formatter;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.PluginSection;
import io.runnel.config.TimeConfig;
import io.runnel.event.Bytes;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.time.TimeFormatter;
import io.runnel.time.Zone;

/** Local time with nanoseconds, the tag, and the record in another format: for people. */
public final class StdoutFormatter implements Formatter {
  public static final PluginType<Config, PluginContext, Formatter> TYPE =
      PluginType.formatter("stdout", Config.class, StdoutFormatter::new);

  private static final String TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%9N %z";

  @Doc("Writes the local time, the tag and the record.")
  record Config(
      @Doc("Format of the record.") @Default("json") String outputType, @Inline TimeConfig time) {}

  private final TimeFormatter timeFormatter;
  private final Formatter recordFormatter;

  StdoutFormatter(Config config, PluginContext context) {
    timeFormatter =
        TimeFormatter.of(config.time.timeFormat().orElse(TIME_FORMAT), Zone.of(context.zone()));
    if (config.outputType.equals("stdout")) {
      throw new io.runnel.config.ConfigException(
          "output_type of stdout cannot be stdout", context.element().place());
    }
    // the other format takes its parameters from the same section
    recordFormatter =
        context.formatter(new PluginSection(context.element(), config.outputType, true));
  }

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out)
      throws FormatException {
    int start = out.length();
    timeFormatter.format(time, out);
    out.write(' ');
    out.utf8(tag);
    out.ascii(": ");
    try {
      recordFormatter.format(tag, time, record, offset, length, out);
    } catch (FormatException e) {
      out.setLength(start);
      throw e;
    }
  }

  @Override
  public String type() {
    return "stdout";
  }
}
