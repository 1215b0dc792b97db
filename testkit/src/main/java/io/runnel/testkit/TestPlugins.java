package io.runnel.testkit;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigReader;
import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.Filter;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Input;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Makes plugins from the text of their section, as a configuration file has it, and feeds them.
 *
 * <pre>{@code
 * TestContext context = new TestContext(new BuiltinPlugins()).clock(ManualClock.standard());
 * Filter filter = TestPlugins.filter(
 *     GrepFilter.TYPE, "<regexp>\nkey a\npattern /x/\n</regexp>", context);
 * }</pre>
 */
public final class TestPlugins {
  private TestPlugins() {}

  /** The section {@code <name>…</name>} with this content. */
  public static ConfigElement section(String name, String text) {
    return ConfigReader.parse("<" + name + ">\n" + text + "\n</" + name + ">\n")
        .sections()
        .getFirst();
  }

  /**
   * @throws io.runnel.config.ConfigException where the configuration is refused
   */
  public static Input input(
      PluginType<?, PluginContext, Input> type, String config, TestContext context) {
    return TestContext.create(type, section("source", config), context);
  }

  public static Filter filter(
      PluginType<?, PluginContext, Filter> type, String config, TestContext context) {
    return TestContext.create(type, section("filter", config), context);
  }

  public static Output output(
      PluginType<?, OutputContext, Output> type, String config, TestContext context) {
    return TestContext.create(type, section("match", config), context);
  }

  public static Parser parser(
      PluginType<?, PluginContext, Parser> type, String config, TestContext context) {
    return TestContext.create(type, section("parse", config), context);
  }

  public static Formatter formatter(
      PluginType<?, PluginContext, Formatter> type, String config, TestContext context) {
    return TestContext.create(type, section("format", config), context);
  }

  /** What a formatter writes for one event. */
  public static String format(Formatter formatter, String tag, long time, Map<String, ?> record)
      throws FormatException {
    Bytes packed = new Bytes();
    packed.write(0xc1); // a formatter must not look in front of its record
    new MsgpackWriter(packed).value(record);
    Bytes out = new Bytes();
    formatter.format(tag, time, packed.array(), 1, packed.length() - 1, out);
    return out.toString();
  }

  /**
   * The events that a parser makes of a text; one without a time has {@link EventTime#NONE}.
   *
   * @throws AssertionError where the parser counts other events than it adds
   */
  public static List<Event> parse(Parser parser, String text) throws ParseException {
    byte[] bytes = (">" + text + "<").getBytes(StandardCharsets.UTF_8);
    EventBuilder out = new EventBuilder();
    int count = parser.parse(bytes, 1, bytes.length - 2, out);
    if (count != out.count()) {
      throw new AssertionError(count + " events returned, " + out.count() + " added");
    }
    return out.take().events();
  }

  /** A stream of events with one time. */
  @SafeVarargs
  public static EventStream stream(long time, Map<String, ?>... records) {
    EventBuilder builder = new EventBuilder();
    for (Map<String, ?> record : records) {
      builder.begin();
      builder.time(time);
      builder.record().value(record);
      builder.commit();
    }
    return builder.take();
  }
}
