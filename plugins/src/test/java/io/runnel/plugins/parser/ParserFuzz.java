package io.runnel.plugins.parser;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.PluginSection;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import io.runnel.testkit.fuzz.FuzzTarget;
import io.runnel.testkit.fuzz.FuzzTargets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whatever the bytes are, a parser adds whole events or says ParseException. */
public final class ParserFuzz implements FuzzTargets {
  private static final String[] CONFIGS = {
    "@type json\ntime_key t",
    "@type json\nkeep_time_key true\ntypes a:integer,b:array,c:time",
    "@type regexp\nexpression /(?<time>[^ ]*)? ?(?<a>.*?)(?<b>\\d*)$/\ntypes b:integer,a:float",
    "@type csv\nkeys a,b,c\ntypes a:integer",
    "@type csv\nkeys a,b,c\nparser_engine fast",
    "@type tsv\nkeys a,b,c\nnull_empty_string true",
    "@type tsv\nkeys a,b,c\ndelimiter \" \"",
    "@type ltsv\nnull_value_pattern /-/",
    "@type ltsv\ndelimiter_pattern /\\s*/",
    "@type none",
    "@type apache",
    "@type apache2",
    "@type apache_error",
    "@type nginx",
    "@type syslog\nwith_priority true",
    "@type syslog\nmessage_format auto\nkeep_time_key true",
    "@type syslog\nmessage_format rfc5424\nwith_priority true",
    "@type syslog\nmessage_format auto\nparser_engine string\nwith_priority true",
    "@type multiline\nformat1 /(?<a>\\w+)?:/\nformat2 /(?<b>.*?)\\n/\nunmatched_lines true",
    "@type msgpack\ntime_key t",
    "@type in_http",
  };

  private static final String[] SEEDS = {
    "{\"t\":\"2023-11-14T22:13:20Z\",\"a\":1,\"b\":\"x,y\",\"c\":null,\"time\":1.5}",
    "[{\"a\":1e5},{\"t\":17}]",
    "a:1\tb:2\ttime:1700000000\ta:3",
    "\"x, \"\"y\"\"\",2,\"3\"",
    "127.0.0.1 - - [14/Nov/2023:22:13:20 +0000] \"GET / HTTP/1.1\" 200 777 \"-\" \"Opera\"",
    "[Tue Nov 14 22:13:20 2023] [error] [client 127.0.0.1] File does not exist: /x",
    "<6>Nov 14 22:13:20 web01 sshd[4321]: Accepted",
    "<34>1 2023-11-14T22:13:20.003Z web01 su 77 ID47 [a@1 b=\"c\"] hello",
    "key: value\nnext: one\n",
    "\u0082\u00a1a\u0001\u00a1t\u00ce\u0065\u0053\u00f1\u0000",
  };

  private static final List<String> TOKENS =
      List.of(
          "\"",
          "\"\"",
          ",",
          "\t",
          ":",
          "=",
          " ",
          "[",
          "]",
          "{",
          "}",
          "<34>",
          "<999>",
          "1 ",
          "- ",
          "\n",
          "\r",
          "\\",
          "\\\"",
          "2023-11-14T22:13:20Z",
          "Nov 14 22:13:20",
          "\u00ff",
          "\u00c3",
          "-1",
          "1e400",
          "time",
          "GET / HTTP/1.1",
          "[a@1 b=\"c\"]",
          "\u00ef\u00bb\u00bf",
          "'");

  @Override
  public List<FuzzTarget> targets() {
    Map<String, List<Parser>> byType = new LinkedHashMap<>();
    Map<Parser, String> configs = new LinkedHashMap<>();
    TestContext context = new TestContext(new BuiltinPlugins());
    for (String config : CONFIGS) {
      var section = TestPlugins.section("parse", config);
      Parser parser = context.parser(new PluginSection(section, section.type(), true));
      byType.computeIfAbsent(section.type(), type -> new ArrayList<>()).add(parser);
      configs.put(parser, config);
    }
    List<FuzzTarget> targets = new ArrayList<>();
    byType.forEach(
        (type, parsers) ->
            targets.add(
                FuzzTarget.of(
                    "parse_" + type,
                    List.of(SEEDS),
                    TOKENS,
                    input -> {
                      int outcome = 0;
                      for (Parser parser : parsers) {
                        outcome = outcome * 7 + check(parser, configs.get(parser), input);
                      }
                      return outcome;
                    })));
    return targets;
  }

  private static int check(Parser parser, String config, byte[] text) {
    int offset = text.length % 3 == 0 ? Math.min(2, text.length) : 0;
    int length = text.length - offset;
    EventBuilder out = new EventBuilder();
    out.defaultTime(0);
    out.begin();
    out.record().mapHeader(0);
    out.commit();
    int before = out.bytes();
    int added;
    try {
      added =
          parser.isStream() && length % 2 == 0
              ? stream(parser, text, offset, length, out)
              : parser.parse(text, offset, length, out);
    } catch (ParseException e) {
      assertThat(e.getMessage()).isNotEmpty();
      added = parser.isStream() && length % 2 == 0 ? out.count() - 1 : 0;
    }
    assertThat(out.count()).as(config).isEqualTo(added + 1);
    assertThat(added > 0 || out.bytes() == before).as("nothing is left of %s", config).isTrue();
    int seen = 0;
    for (EventCursor cursor = new EventCursor(out.out().array(), 0, out.bytes());
        cursor.next();
        seen++) {
      assertThat(cursor.record()).isNotNull();
    }
    assertThat(seen).as(config).isEqualTo(added + 1);
    return Math.min(6, added);
  }

  private static int stream(Parser parser, byte[] text, int offset, int length, EventBuilder out)
      throws ParseException {
    int used = parser.parsePrefix(text, offset, length, out);
    assertThat(used).isBetween(0, length);
    return out.count() - 1;
  }
}
