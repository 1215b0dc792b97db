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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, a parser adds whole events or says ParseException. */
class ParserFuzzTest {
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

  @Test
  void addsWholeEventsOrSaysWhatIsWrong() {
    TestContext context = new TestContext(new BuiltinPlugins());
    List<Parser> parsers = new ArrayList<>();
    for (String config : CONFIGS) {
      var section = TestPlugins.section("parse", config);
      parsers.add(context.parser(new PluginSection(section, section.type(), true)));
    }
    Random random = new Random(99);
    int events = 0;
    for (int round = 0; round < 6_000; round++) {
      byte[] text = text(random);
      int offset = random.nextInt(text.length + 1);
      int length = random.nextInt(text.length - offset + 1);
      if (round % 2 == 0) {
        offset = 0;
        length = text.length;
      }
      for (int i = 0; i < parsers.size(); i++) {
        events += check(parsers.get(i), CONFIGS[i], text, offset, length);
      }
    }
    assertThat(events).isGreaterThan(10_000);
  }

  private static byte[] text(Random random) {
    byte[] text = SEEDS[random.nextInt(SEEDS.length)].getBytes(StandardCharsets.ISO_8859_1);
    for (int damage = random.nextInt(6); damage > 0; damage--) {
      text[random.nextInt(text.length)] =
          random.nextBoolean() ? (byte) random.nextInt() : text[random.nextInt(text.length)];
    }
    return text;
  }

  private static int check(Parser parser, String config, byte[] text, int offset, int length) {
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
    return added;
  }

  private static int stream(Parser parser, byte[] text, int offset, int length, EventBuilder out)
      throws ParseException {
    int used = parser.parsePrefix(text, offset, length, out);
    assertThat(used).isBetween(0, length);
    return out.count() - 1;
  }
}
