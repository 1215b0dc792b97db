package io.runnel.bench;

import io.runnel.config.ConfigElement;
import io.runnel.config.PluginSection;
import io.runnel.event.Bytes;
import io.runnel.event.JsonToMsgpack;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
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

/** A packed record to text. The record of raw is one field with JSON in it: much to escape. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-XX:FreqInlineSize=60"})
public class FormatterBenchmark {
  private static final int RECORDS = 1000;

  @Param({"json", "out_file", "ltsv", "csv", "msgpack"})
  String type;

  @Param({"fields", "raw"})
  String record;

  private final byte[][] records = new byte[RECORDS][];
  private final Bytes out = new Bytes(1 << 20);
  private Formatter formatter;
  private int next;

  @Setup
  public void prepare() {
    byte[][] lines = Lines.of("json", RECORDS);
    for (int i = 0; i < RECORDS; i++) {
      Bytes packed = new Bytes();
      MsgpackWriter writer = new MsgpackWriter(packed);
      if (record.equals("raw")) {
        writer.mapHeader(1);
        writer.string("message");
        writer.string(lines[i], 0, lines[i].length);
      } else {
        new JsonToMsgpack().transcode(lines[i], 0, lines[i].length, writer);
      }
      records[i] = packed.toByteArray();
    }
    String fields = type.equals("csv") ? "\nfields message,level,service,path" : "";
    ConfigElement section = TestPlugins.section("format", "@type " + type + fields);
    formatter =
        new TestContext(new BuiltinPlugins())
            .formatter(new PluginSection(section, section.type(), true));
  }

  @Benchmark
  public int format() throws FormatException {
    if (next == RECORDS) {
      next = 0;
      out.clear();
    }
    byte[] packed = records[next++];
    formatter.format("app.web", 1_767_322_800L << 32, packed, 0, packed.length, out);
    return out.length();
  }
}
