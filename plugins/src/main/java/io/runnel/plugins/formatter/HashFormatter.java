package io.runnel.plugins.formatter;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.TimeConfig;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.RubyInspect;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** The record in Ruby's notation: {@code {"a"=>1, "b"=>nil}}. */
public final class HashFormatter implements Formatter {
  public static final PluginType<Config, PluginContext, Formatter> TYPE =
      PluginType.formatter("hash", Config.class, HashFormatter::new);

  @Doc("Writes each record in Ruby's notation.")
  record Config(
      @Doc("What ends a line: lf or crlf.") @Default("lf") Newline newline,
      @Doc("Ends each record with a newline.") @Default("true") boolean addNewline,
      @Inline TimeConfig time) {}

  private final String newline;

  HashFormatter(Config config, PluginContext context) {
    newline = config.newline.text(config.addNewline);
  }

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
    out.utf8(RubyInspect.of(new MsgpackReader(record, offset, length).readValue()));
    out.ascii(newline);
  }

  @Override
  public String type() {
    return "hash";
  }
}
