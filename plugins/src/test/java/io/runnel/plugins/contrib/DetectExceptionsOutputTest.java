package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DetectExceptionsOutputTest {
  private static final String JAVA =
      """
      Jul 09 java.lang.RuntimeException: no
      \tat Foo.bar(Foo.java:1)
      \tat Foo.main(Foo.java:2)
      Caused by: java.io.IOException: really
      \tat X.y(X.java:3)
      \t... 2 more
      """;
  private static final String PYTHON =
      """
      Traceback (most recent call last):
        File "a.py", line 1, in <module>
          run()
      ZeroDivisionError: division by zero
      """;
  private static final String GO =
      """
      panic: runtime error: index out of range

      goroutine 12 [running]:
      main.crash()
      \t/go/a.go:8 +0x1
      created by main.main
      \t/go/a.go:3 +0x2
      """;
  private static final String RUBY =
      """
      NoMethodError (undefined method `x' for nil):
       \s
        app/a.rb:3:in `index'
        app/b.rb:4:in `call'
      """;
  private static final String PHP =
      """
      PHP Fatal error:  Uncaught exception 'Exception' with message 'no' in /a.php:2
      Stack trace:
      #0 /a.php(5): x()
      #1 {main}
        thrown in /a.php on line 2
      """;

  private final ManualClock clock = ManualClock.standard();
  private final TestContext context = new TestContext().clock(clock);

  @AfterEach
  void close() {
    context.close();
  }

  private UnbufferedOutput output(String config) {
    return (UnbufferedOutput)
        TestPlugins.output(
            DetectExceptionsOutput.TYPE, "remove_tag_prefix raw\n" + config, context);
  }

  private static void feed(UnbufferedOutput output, String text) throws Exception {
    EventBuilder events = new EventBuilder();
    int i = 0;
    for (String line : text.split("(?<=\n)")) {
      events.add(EventTime.pack(1_700_000_000L + i, 0), Map.of("message", line, "i", i));
      i++;
    }
    output.process("raw.app", events.take());
  }

  private List<String> messages() {
    return context.emitter().records().stream().map(r -> (String) r.get("message")).toList();
  }

  @Test
  void tracesOfAllLanguages() throws Exception {
    UnbufferedOutput output = output("");
    feed(output, "before\n" + JAVA + "between\n" + PYTHON + GO + RUBY + PHP + "after\n");
    assertThat(messages())
        .containsExactly("before\n", JAVA, "between\n", PYTHON, GO, RUBY, PHP, "after\n");
    assertThat(context.emitter().events()).allMatch(event -> event.tag().equals("app"));
    Emitted java = context.emitter().events().get(1);
    assertThat(java.seconds()).isEqualTo(1_700_000_001L);
    assertThat(java.record()).containsEntry("i", 1L);
  }

  @Test
  void chosenLanguagesOnly() throws Exception {
    feed(output("languages python"), JAVA + PYTHON);
    assertThat(messages()).hasSize(7).endsWith(PYTHON);
  }

  @Test
  void limits() throws Exception {
    feed(output("max_lines 2"), JAVA + "x\n");
    assertThat(messages().getFirst().lines()).hasSize(2);
    context.emitter().clear();
    feed(output("max_bytes 70"), JAVA + "x\n");
    assertThat(messages()).allMatch(message -> message.length() <= 70);
    assertThat(String.join("", messages())).isEqualTo(JAVA + "x\n");
  }

  @Test
  void streamsAreToldApartAndLineEndsAdded() throws Exception {
    UnbufferedOutput output = output("stream s\nmessage m\nforce_line_breaks true");
    EventBuilder events = new EventBuilder();
    events.add(1L << 32, Map.of("m", "x.Exception: a", "s", 1));
    events.add(1L << 32, Map.of("m", "text", "s", 2));
    events.add(1L << 32, Map.of("m", "\tat b", "s", 1));
    events.add(1L << 32, Map.of("other", 1, "s", 1));
    output.process("raw.app", events.take());
    assertThat(context.emitter().records())
        .containsExactly(
            Map.of("m", "text", "s", 2L),
            Map.of("m", "x.Exception: a\n\tat b", "s", 1L),
            Map.of("other", 1L, "s", 1L));
  }

  @Test
  void rubyAndJavaTextsUnderLog() throws Exception {
    UnbufferedOutput output = output("");
    EventBuilder events = new EventBuilder();
    events.add(1L << 32, Map.of("log", "x.Error: a\n"));
    events.add(1L << 32, Map.of("log", "  at b\n"));
    output.process("raw.app", events.take());
    output.stop();
    assertThat(context.emitter().records()).containsExactly(Map.of("log", "x.Error: a\n  at b\n"));
  }

  @Test
  void traceWithoutAnEndIsFlushed() throws Exception {
    UnbufferedOutput output = output("multiline_flush_interval 2s");
    output.start();
    feed(output, JAVA);
    assertThat(messages()).isEmpty();
    for (int i = 0; i < 4; i++) {
      Await.await(() -> clock.sleepers() > 0);
      clock.advanceMillis(1000);
    }
    context.emitter().await(1);
    assertThat(messages()).containsExactly(JAVA);
    output.stop();
  }

  @Test
  void stopFlushes() throws Exception {
    UnbufferedOutput output = output("");
    output.start();
    feed(output, JAVA);
    output.stop();
    assertThat(messages()).containsExactly(JAVA);
  }

  @Test
  void unknownLanguage() {
    assertThatThrownBy(() -> output("languages cobol"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("Unknown language: cobol");
  }

  private List<String> texts(String config, String... lines) throws Exception {
    UnbufferedOutput output = output(config);
    for (String line : lines) {
      output.process("raw.x", TestPlugins.stream(0, Map.of("message", line)));
    }
    output.stop();
    return context.emitter().events().stream()
        .map(event -> String.valueOf(event.record().get("message")))
        .toList();
  }

  @Test
  void dartNamesTheKindOfException() throws Exception {
    assertThat(
            texts(
                "languages Dart",
                "Unhandled exception:\n",
                "Bad state: no\n",
                "#0      main (file:///a.dart:3:5)\n",
                "<asynchronous suspension>\n",
                "Unhandled exception:\n",
                "what is this\n"))
        .containsExactly(
            "Unhandled exception:\nBad state: no\n#0      main (file:///a.dart:3:5)\n"
                + "<asynchronous suspension>\n",
            "Unhandled exception:\n",
            "what is this\n");
  }

  @Test
  void aWordAtTheEndBeginsNoTraceWithoutAColonOrALineEnd() throws Exception {
    String frame = "\tat a.b(C.java:1)";
    assertThat(texts("languages javascript", "an Error", frame)).containsExactly("an Error", frame);
  }

  @Test
  void aLineOverTheLimitOfBytesIsLookedAtAnew() throws Exception {
    String first = "x.AException: a\n";
    String frame = "\tat a.b(C.java:1)\n";
    assertThat(texts("max_bytes 40", first, frame, frame, frame))
        .containsExactly(first + frame, frame, frame);
  }

  @Test
  void forcedLineBreaksStandBeforeTextsWithoutOne() throws Exception {
    assertThat(texts("force_line_breaks true", "AException: a", "\tat b", "\tat c\n", "end"))
        .containsExactly("AException: a\n\tat b\tat c\n", "end");
  }
}
