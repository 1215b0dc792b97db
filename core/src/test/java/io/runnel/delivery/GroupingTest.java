package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.buffer.Batch;
import io.runnel.buffer.Metadata;
import io.runnel.config.ConfigElement;
import io.runnel.config.Place;
import io.runnel.config.Problems;
import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.TaggedStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupingTest {
  private final List<String> rejected = new ArrayList<>();

  private Grouping grouping(String keys, Formatter formatter, String... pairs) {
    ConfigElement output = new ConfigElement("match", "**", Place.NONE);
    ConfigElement section = new ConfigElement("buffer", keys, Place.NONE);
    for (int i = 0; i < pairs.length; i += 2) {
      section.set(pairs[i], pairs[i + 1]);
    }
    output.add(section);
    BufferSettings settings =
        BufferSettings.resolve(output, BufferDefaults.none(), true, new Problems());
    return new Grouping(
        settings,
        formatter,
        (tag, time, record, why) -> rejected.add(tag + record + why.getMessage()));
  }

  private static EventStream stream(Object... secondsAndRecords) {
    EventBuilder builder = new EventBuilder();
    for (int i = 0; i < secondsAndRecords.length; i += 2) {
      @SuppressWarnings("unchecked")
      Map<String, Object> record = (Map<String, Object>) secondsAndRecords[i + 1];
      builder.add(EventTime.pack((Integer) secondsAndRecords[i], 5), record);
    }
    return builder.take();
  }

  private static List<Event> events(Batch batch) {
    return EventStream.packed(batch.bytes(), batch.offset(), batch.length(), batch.count())
        .events();
  }

  private static List<Long> numbers(Batch batch) {
    return events(batch).stream().map(event -> (Long) event.record().get("n")).toList();
  }

  @Test
  void withoutKeysTheStreamIsPassedOnAsItIs() {
    EventStream stream = stream(1, Map.of("n", 1L), 2, Map.of("n", 2L));
    List<Batch> batches = grouping("[]", null).group("t", stream, null);
    assertThat(batches).hasSize(1);
    assertThat(batches.getFirst().metadata()).isEqualTo(Metadata.NONE);
    assertThat(batches.getFirst().bytes()).isSameAs(stream.bytes());
    assertThat(grouping("tag", null).group("t", stream, null).getFirst().metadata())
        .isEqualTo(Metadata.of(null, "t", null));
  }

  @Test
  void neighboursOfOneSliceStayTogetherWithoutCopying() {
    EventStream stream =
        stream(
            59, Map.of("n", 1L), 60, Map.of("n", 2L), 119, Map.of("n", 3L), 120, Map.of("n", 4L));
    List<Batch> batches =
        grouping("time", null, "timekey", "60", "timekey_use_utc", "true").group("t", stream, null);
    assertThat(batches)
        .extracting(batch -> batch.metadata().timekey())
        .containsExactly(0L, 60L, 120L);
    assertThat(batches).allMatch(batch -> batch.bytes() == stream.bytes());
    assertThat(numbers(batches.get(1))).containsExactly(2L, 3L);
  }

  @Test
  void aSliceThatComesBackIsCollected() {
    EventStream stream =
        stream(10, Map.of("n", 1L), 70, Map.of("n", 2L), 11, Map.of("n", 3L), 12, Map.of("n", 4L));
    List<Batch> batches =
        grouping("time", null, "timekey", "60", "timekey_use_utc", "true").group("t", stream, null);
    assertThat(batches).hasSize(2);
    assertThat(numbers(batches.getFirst())).containsExactly(1L, 3L, 4L);
    assertThat(batches.getFirst().count()).isEqualTo(3);
  }

  @Test
  void slicesFollowTheZone() {
    Grouping tokyo = grouping("time", null, "timekey", "86400", "timekey_zone", "Asia/Tokyo");
    assertThat(tokyo.slice(1_700_000_000L)).isEqualTo(1_699_974_000L); // 2023-11-15 00:00 +0900
    Grouping berlin = grouping("time", null, "timekey", "86400", "timekey_zone", "Europe/Berlin");
    assertThat(berlin.slice(1_688_205_600L)).isEqualTo(1_688_162_400L); // summer
    assertThat(berlin.slice(1_700_000_000L)).isEqualTo(1_699_916_400L); // winter
  }

  @Test
  void recordKeysDivideAndMissingFieldsAreNil() {
    EventStream stream =
        stream(
            1, Map.of("n", 1L, "k", "x"),
            2, Map.of("n", 2L),
            3, Map.of("n", 3L, "k", "x"),
            4, Map.of("n", 4L, "k", 7L));
    List<Batch> batches = grouping("k", null).group("t", stream, null);
    Map<String, Object> nil = new HashMap<>();
    nil.put("k", null);
    assertThat(batches)
        .extracting(batch -> batch.metadata().variables())
        .containsExactly(Map.of("k", "x"), nil, Map.of("k", 7L));
    assertThat(numbers(batches.getFirst())).containsExactly(1L, 3L);
  }

  @Test
  void nestedKeysAreFound() {
    EventStream stream = stream(1, Map.of("n", 1L, "a", Map.of("b", "deep")));
    List<Batch> batches = grouping("tag,$.a.b", null).group("t", stream, null);
    assertThat(batches.getFirst().metadata())
        .isEqualTo(Metadata.of(null, "t", Map.of("$.a.b", "deep")));
  }

  @Test
  void aFormatterWritesEachEventAndItsEndIsKept() {
    Formatter formatter = new NumberFormatter();
    EventStream stream = stream(1, Map.of("n", 1L), 2, Map.of("n", 22L), 3, Map.of("n", 333L));
    Batch batch = grouping("tag", formatter).group("t", stream, null).getFirst();
    assertThat(new String(batch.bytes(), 0, batch.length(), StandardCharsets.UTF_8))
        .isEqualTo("t 1\nt 22\nt 333\n");
    assertThat(batch.ends()).startsWith(4, 9, 15);
    assertThat(batch.count()).isEqualTo(3);
  }

  @Test
  void anEventThatCannotBeFormattedIsReportedAndLeftOut() {
    EventStream stream = stream(1, Map.of("n", 1L), 2, Map.of("n", -1L), 3, Map.of("n", 3L));
    Batch batch = grouping("tag", new NumberFormatter()).group("t", stream, null).getFirst();
    assertThat(batch.count()).isEqualTo(2);
    assertThat(rejected).containsExactly("t{n=-1}negative");
    assertThat(grouping("tag", new NumberFormatter()).group("t", stream(1, Map.of("n", -1L)), null))
        .isEmpty();
  }

  @Test
  void streamsOfSeveralTagsShareABatchUnlessTheTagIsAKey() {
    List<TaggedStream> streams =
        List.of(
            new TaggedStream("a", stream(1, Map.of("n", 1L), 2, Map.of("n", 2L))),
            new TaggedStream("b", stream(3, Map.of("n", 3L))));
    Batch formatted = grouping("[]", new NumberFormatter()).group(streams, null).getFirst();
    assertThat(new String(formatted.bytes(), 0, formatted.length(), StandardCharsets.UTF_8))
        .isEqualTo("a 1\na 2\nb 3\n");
    assertThat(formatted.ends()).startsWith(4, 8, 12);
    List<Batch> packed = grouping("[]", null).group(streams, null);
    assertThat(packed).hasSize(1);
    assertThat(packed.getFirst().count()).isEqualTo(3);
    assertThat(numbers(packed.getFirst())).containsExactly(1L, 2L, 3L);
    assertThat(grouping("tag", null).group(streams, null))
        .extracting(batch -> batch.metadata().tag())
        .containsExactly("a", "b");
  }

  @Test
  void formattedEventsLieInTheMemoryThatIsGiven() {
    Bytes memory = new Bytes(64);
    EventStream stream = stream(59, Map.of("n", 1L), 60, Map.of("n", 2L));
    Grouping grouping =
        grouping("time", new NumberFormatter(), "timekey", "60", "timekey_use_utc", "true");
    List<Batch> batches = grouping.group("t", stream, memory);
    assertThat(batches).extracting(Batch::length).containsExactly(4, 4);
    assertThat(batches.getFirst().bytes()).isSameAs(memory.array());
    assertThat(batches.getLast().bytes()).isNotSameAs(memory.array());
  }

  /** Writes tag and number; refuses negative ones after having written half. */
  private static final class NumberFormatter implements Formatter {
    @Override
    public void format(String tag, long time, byte[] record, int offset, int length, Bytes out)
        throws FormatException {
      long n = (Long) new MsgpackReader(record, offset, length).readRecord().get("n");
      out.ascii(tag + " ");
      if (n < 0) {
        throw new FormatException("negative");
      }
      out.ascii(n + "\n");
    }

    @Override
    public String type() {
      return "number";
    }
  }
}
