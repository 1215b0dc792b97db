package io.runnel.bench;

import io.runnel.config.ConfigElement;
import io.runnel.config.PluginSection;
import io.runnel.event.EventBuilder;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A line to a packed event. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-XX:FreqInlineSize=60"})
public class ParserBenchmark {
  private static final int LINES = 1000;

  @Param({"json", "none", "nginx", "regexp", "syslog", "ltsv", "csv"})
  String kind;

  private byte[][] lines;
  private Parser parser;
  private final EventBuilder out = new EventBuilder();
  private int next;

  private String section() {
    return switch (kind) {
      case "json" ->
          "@type json\ntime_key ts\ntime_type string\ntime_format %Y-%m-%dT%H:%M:%S.%L%z";
      case "syslog" -> "@type syslog\nmessage_format rfc5424\nwith_priority true";
      case "csv" -> "@type csv\nkeys a,b,c,d,e";
      case "regexp" ->
          "@type regexp\nexpression /^(?<host>[^ ]*) [^ ]* (?<user>[^ ]*) \\[(?<time>[^\\]]*)\\] "
              + "\"(?<method>\\S+)(?: +(?<path>[^\\\"]*?)(?: +\\S*)?)?\" (?<code>[^ ]*)"
              + " (?<size>[^ ]*)/\ntime_format %d/%b/%Y:%H:%M:%S %z";
      default -> "@type " + kind;
    };
  }

  @Setup
  public void prepare() {
    lines = Lines.of(kind, LINES);
    ConfigElement section = TestPlugins.section("parse", section());
    parser =
        new TestContext(new BuiltinPlugins())
            .parser(new PluginSection(section, section.type(), true));
  }

  @Benchmark
  public int parse() throws ParseException {
    if (next == LINES) {
      next = 0;
      out.clear();
    }
    byte[] line = lines[next++];
    return parser.parse(line, 0, line.length, out);
  }
}
