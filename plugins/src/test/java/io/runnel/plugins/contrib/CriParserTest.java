package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CriParserTest {
  private static final long TIME = EventTime.pack(1_602_288_600L, 333_333_333);

  private static List<Event> parse(String config, String text) throws ParseException {
    Parser parser =
        TestPlugins.parser(CriParser.TYPE, config, new TestContext(new BuiltinPlugins()));
    return TestPlugins.parse(parser, text);
  }

  @Test
  void fourParts() throws Exception {
    assertThat(parse("", "2020-10-10T00:10:00.333333333Z stdout F Hello, a  message "))
        .containsExactly(
            new Event(
                TIME,
                Map.of(
                    "stream", "stdout",
                    "logtag", "F",
                    "message", "Hello, a  message ",
                    "time", "2020-10-10T00:10:00.333333333Z")));
  }

  @Test
  void offsetsPartialTagsAndEmptyMessages() throws Exception {
    List<Event> events =
        parse("keep_time_key false", "2020-10-10T09:10:00.333333333+09:00 stderr P ");
    assertThat(events)
        .containsExactly(new Event(TIME, Map.of("stream", "stderr", "logtag", "P", "message", "")));
  }

  @Test
  void theTimeMayBeWrittenInAnotherFormat() throws Exception {
    String config = "keep_time_key false\ntime_format %Y_%m_%d_%H\ntimezone +02:00";
    assertThat(parse(config, "2020_10_10_02 stdout F x").getFirst().time())
        .isEqualTo(EventTime.pack(1_602_288_000L, 0));
  }

  @Test
  void whatIsNoSuchLineDoesNotMatch() throws Exception {
    assertThat(parse("", "2020-10-10T00:10:00.333333333Z stdout F")).isEmpty();
    assertThat(parse("", "")).isEmpty();
    assertThatThrownBy(() -> parse("", "yesterday stdout F text"))
        .isInstanceOf(ParseException.class);
  }

  @Test
  void theMessageByAnotherParser() throws Exception {
    String config = "<parse>\n@type json\ntime_format %Y-%m-%dT%H:%M:%S.%L%z\n</parse>";
    String line =
        "2020-10-10T00:10:00.333333333Z stdout F"
            + " {\"foo\":\"bar\",\"time\":\"2020-11-11T00:11:00.111111111Z\"}";
    long inner = EventTime.pack(1_605_053_460L, 111_111_111);
    assertThat(parse(config, line))
        .containsExactly(new Event(inner, Map.of("foo", "bar", "stream", "stdout", "logtag", "F")));
    assertThat(parse("merge_cri_fields false\n" + config, line))
        .containsExactly(new Event(inner, Map.of("foo", "bar")));
    assertThat(parse(config, "2020-10-10T00:10:00.333333333Z stdout F no json")).isEmpty();
  }
}
