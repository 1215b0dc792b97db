package io.runnel.plugins.parser;

import io.runnel.config.ConfigElement;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.EventBuilder;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.time.TimeType;

/**
 * How the http input reads bodies where no other parser is configured: JSON and MessagePack, by the
 * content type. Where the section says nothing about times, they are numbers of seconds.
 */
public final class InHttpParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("in_http", Config.class, InHttpParser::new);

  @Doc("Reads the bodies of the http input by their content type.")
  public record Config(@Inline("time_key=time") ParserOptions options) {}

  private final JsonParser json;
  private final MsgpackParser msgpack;

  InHttpParser(Config config, PluginContext context) {
    ParserOptions options = config.options();
    ConfigElement section = context.element();
    if (!section.has("time_type") && !section.has("time_format")) {
      options =
          new ParserOptions(
              options.time().withType(TimeType.FLOAT),
              options.types(),
              options.timeKey(),
              options.nullValuePattern(),
              options.nullEmptyString(),
              options.estimateCurrentEvent(),
              options.keepTimeKey(),
              options.timeout());
    }
    RecordRules rules = new RecordRules(options, context.clock());
    json = new JsonParser(rules, context.log());
    msgpack = new MsgpackParser(rules, context.log());
  }

  @Override
  public boolean estimatesTime() {
    return json.estimatesTime();
  }

  /** Parses JSON: an object, or an array of objects. */
  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    return json.parse(text, offset, length, out);
  }

  /** Parses MessagePack: maps, or arrays of maps. */
  public int parseMsgpack(byte[] text, int offset, int length, EventBuilder out)
      throws ParseException {
    return msgpack.parse(text, offset, length, out);
  }
}
