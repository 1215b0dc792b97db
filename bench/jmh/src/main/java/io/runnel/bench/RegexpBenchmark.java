package io.runnel.bench;

import io.runnel.regexp.Regexp;
import io.runnel.regexp.Regexps;
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

/** A search over an access log line: in the fast subset, and with a look-behind that leaves it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-XX:FreqInlineSize=60"})
public class RegexpBenchmark {
  private static final int LINES = 1000;

  @Param({"fast", "exact"})
  String engine;

  private byte[][] lines;
  private Regexp regexp;
  private int next;

  @Setup
  public void prepare() {
    lines = Lines.of("nginx", LINES);
    String source =
        "^(?<host>[^ ]*) [^ ]* (?<user>[^ ]*) \\[(?<time>[^\\]]*)\\] \"(?<method>\\S+) "
            + "(?<path>[^ ]*) +\\S*\" (?<code>[^ ]*) (?<size>[^ ]*)";
    regexp = Regexps.compile(engine.equals("exact") ? source + "(?<!x)" : source, false, false);
  }

  @Benchmark
  public int[] search() {
    byte[] line = lines[next];
    next = next == LINES - 1 ? 0 : next + 1;
    return regexp.search(line, 0, line.length, 0);
  }
}
