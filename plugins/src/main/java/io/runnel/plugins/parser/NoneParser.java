package io.runnel.plugins.parser;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.EventBuilder;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** The whole text is the only field. */
public final class NoneParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("none", Config.class, NoneParser::new);

  @Doc("Takes the whole text as one field.")
  public record Config(
      @Inline ParserOptions options,
      @Doc("Name of the field.") @Default("message") String messageKey) {}

  private final boolean estimatesTime;
  private final byte[] key;

  NoneParser(Config config, PluginContext context) {
    estimatesTime = config.options().estimateCurrentEvent();
    key = Field.packed(config.messageKey());
  }

  @Override
  public boolean estimatesTime() {
    return estimatesTime;
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) {
    MsgpackWriter writer = out.begin();
    writer.mapHeader(1);
    writer.raw(key, 0, key.length);
    writer.string(text, offset, length);
    out.commit();
    return 1;
  }
}
