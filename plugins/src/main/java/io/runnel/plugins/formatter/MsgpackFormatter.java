package io.runnel.plugins.formatter;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.TimeConfig;
import io.runnel.event.Bytes;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** The record alone, as MessagePack. */
public final class MsgpackFormatter implements Formatter {
  public static final PluginType<Config, PluginContext, Formatter> TYPE =
      PluginType.formatter("msgpack", Config.class, MsgpackFormatter::new);

  @Doc("Writes each record as a MessagePack map.")
  record Config(@Inline TimeConfig time) {}

  MsgpackFormatter(Config config, PluginContext context) {}

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
    out.write(record, offset, length);
  }

  @Override
  public String type() {
    return "msgpack";
  }
}
