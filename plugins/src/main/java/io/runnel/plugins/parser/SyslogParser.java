package io.runnel.plugins.parser;

import io.runnel.config.Alias;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.EventBuilder;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** Messages of syslog: RFC 3164, RFC 5424, or whichever of them a message looks like. */
public final class SyslogParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("syslog", Config.class, SyslogParser::new);

  /** Which RFC the messages follow. */
  public enum MessageFormat {
    RFC3164,
    RFC5424,
    AUTO
  }

  /** Fluentd has two readers, which differ in details. */
  public enum Engine {
    REGEXP,
    STRING
  }

  @Doc("Reads messages of syslog.")
  public record Config(
      @Inline("time_format=%b %d %H:%M:%S") ParserOptions options,
      @Doc("The message begins with a priority, which becomes the field pri.") @Default("false")
          boolean withPriority,
      @Doc("Which RFC the messages follow; auto looks at each message.") @Default("rfc3164")
          MessageFormat messageFormat,
      @Doc("Format of the times of RFC 5424.") @Default("%Y-%m-%dT%H:%M:%S.%L%z")
          String rfc5424TimeFormat,
      @Doc("Which of Fluentd's two readers is followed.") @Default("regexp") @Alias("parser_type")
          Engine parserEngine,
      @Doc("Takes an ident without a colon (string engine).") @Default("true")
          boolean supportColonlessIdent) {}

  private final Config config;
  private final Rfc3164Reader rfc3164;
  private final Rfc5424Reader rfc5424;

  SyslogParser(Config config, PluginContext context) {
    this.config = config;
    SyslogFields fields = new SyslogFields(config, context.clock());
    rfc3164 = new Rfc3164Reader(config, fields);
    rfc5424 = new Rfc5424Reader(config, fields);
  }

  @Override
  public boolean estimatesTime() {
    return config.options().estimateCurrentEvent();
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    int end = offset + length;
    boolean modern =
        switch (config.messageFormat()) {
          case RFC3164 -> false;
          case RFC5424 -> true;
          case AUTO -> looksModern(text, offset, end);
        };
    try {
      return modern ? rfc5424.read(text, offset, end, out) : rfc3164.read(text, offset, end, out);
    } catch (ParseException | RuntimeException e) {
      out.rollback();
      throw e;
    }
  }

  /** A priority and the digit of a version. */
  private static boolean looksModern(byte[] text, int offset, int end) {
    int at = SyslogFields.afterPriority(text, offset, end);
    return at > 0 && at < end && text[at] >= '1' && text[at] <= '9';
  }
}
