package io.runnel.plugins.parser;

import io.runnel.config.PluginSection;
import io.runnel.event.EventBuilder;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/** Measures CPU seconds per million events of each parser; run by hand, with names of parsers. */
final class ParserSpeed {
  private static final String[][] LOADS = {
    {
      "json",
      "@type json\ntime_key time\ntime_type string\ntime_format %Y-%m-%dT%H:%M:%S.%N%z",
      "{\"time\":\"2026-01-02T03:04:05.678901234Z\",\"level\":\"INFO\",\"service\":\"checkout\","
          + "\"request\":{\"id\":\"7f9c2ba4e88f827d\",\"method\":\"POST\",\"path\":\"/api/orders\","
          + "\"status\":201,\"seconds\":0.384},\"user\":48213,\"message\":\"accepted\",\"ok\":true}"
    },
    {
      "nginx",
      "@type nginx",
      "127.0.0.1 - frank [10/Oct/2023:13:55:36 +0000] \"GET /apache_pb.gif?a=1&b=2 HTTP/1.1\" 200"
          + " 2326 \"http://www.example.com/start.html\" \"Mozilla/5.0 (X11; Linux x86_64) Gecko\""
    },
    {
      "syslog",
      "@type syslog\nmessage_format rfc5424\nwith_priority true",
      "<34>1 2023-11-14T22:13:20.003456Z web01 su 77 ID47 [ex@1 a=\"1\" b=\"x y\"] 'su root'"
          + " failed for lonvick on /dev/pts/8"
    },
    {
      "regexp",
      "@type regexp\nexpression /^(?<host>[^ ]*) [^ ]* (?<user>[^ ]*) \\[(?<time>[^\\]]*)\\] "
          + "\"(?<method>\\S+)(?: +(?<path>[^\\\"]*?)(?: +\\S*)?)?\" (?<code>[^ ]*) (?<size>[^ ]*)"
          + "/\ntime_format %d/%b/%Y:%H:%M:%S %z",
      "127.0.0.1 - frank [10/Oct/2023:13:55:36 +0000] \"GET /apache_pb.gif?a=1&b=2 HTTP/1.1\" 200"
          + " 2326 \"http://www.example.com/start.html\" \"Mozilla/5.0 (X11; Linux x86_64) Gecko\""
    },
    {"ltsv", "@type ltsv", "host:127.0.0.1\tuser:frank\treq:GET / HTTP/1.0\tstatus:200\tsize:2326"},
    {"csv", "@type csv\nkeys a,b,c,d,e", "2023-11-14,host,\"a quoted, text\",12,plain text"},
  };

  private ParserSpeed() {}

  public static void main(String[] args) throws ParseException {
    var threads = ManagementFactory.getThreadMXBean();
    for (String[] load : LOADS) {
      if (args.length > 0 && !java.util.List.of(args).contains(load[0])) {
        continue;
      }
      var section = TestPlugins.section("parse", load[1]);
      Parser parser =
          new TestContext(new BuiltinPlugins())
              .parser(new PluginSection(section, section.type(), true));
      byte[] text = load[2].getBytes(StandardCharsets.UTF_8);
      EventBuilder out = new EventBuilder();
      System.out.print(load[0] + " (" + text.length + " bytes):");
      for (int round = 0; round < 6; round++) {
        long start = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < 500_000; i++) {
          out.clear();
          if (parser.parse(text, 0, text.length, out) != 1) {
            throw new AssertionError(load[0]);
          }
        }
        System.out.printf(" %.2f", (threads.getCurrentThreadCpuTime() - start) / 5e8);
      }
      System.out.println(" CPU s per million");
    }
  }
}
