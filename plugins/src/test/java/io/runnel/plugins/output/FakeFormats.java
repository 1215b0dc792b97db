package io.runnel.plugins.output;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** Formatters of every name that write {@code seconds tag record}, one line each. */
final class FakeFormats implements PluginCatalog {
  record Config() {}

  private record Format(String type) implements Formatter {
    @Override
    public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
      Object map = new MsgpackReader(record, offset, length).readValue();
      out.utf8(EventTime.seconds(time) + " " + tag + " " + map + "\n");
    }
  }

  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    if (kind != PluginKind.FORMATTER) {
      return null;
    }
    return PluginType.<Config>formatter(
        name, Config.class, (Config config, PluginContext context) -> new Format(name));
  }

  @Override
  public List<String> names(PluginKind kind) {
    return List.of();
  }
}
