package io.runnel.plugins.parser;

import io.runnel.config.PluginSection;
import io.runnel.event.Event;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;

/** Parsers made from the text of a {@code <parse>} section, and what they make of a text. */
final class ParserRig {
  private final TestContext context =
      new TestContext(new BuiltinPlugins()).clock(ManualClock.standard());

  TestContext context() {
    return context;
  }

  Parser parser(String config) {
    var section = TestPlugins.section("parse", config);
    return context.parser(new PluginSection(section, section.type(), true));
  }

  /** The records as text; several in a row, empty for no match. */
  String parse(String config, String text) throws ParseException {
    StringBuilder out = new StringBuilder();
    for (Event event : TestPlugins.parse(parser(config), text)) {
      out.append(event.record());
    }
    return out.toString();
  }

  /** The time of the first event. */
  long time(String config, String text) throws ParseException {
    return TestPlugins.parse(parser(config), text).getFirst().time();
  }
}
