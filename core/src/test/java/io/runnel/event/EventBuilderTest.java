package io.runnel.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventBuilderTest {
  private final EventBuilder builder = new EventBuilder();

  private void add(long number, boolean withText) {
    builder.begin();
    builder.time(EventTime.pack(number, 7));
    builder.record().value(Map.of("n", number));
    if (withText) {
      byte[] text = "{\"t\":0,\"n\":%d}".formatted(number).getBytes(StandardCharsets.UTF_8);
      builder.text(text, 0, 1, 7, text.length);
    }
    builder.commit();
  }

  private static List<String> walk(EventStream stream) {
    List<String> seen = new ArrayList<>();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      String text =
          cursor.textLength() == 0
              ? "-"
              : new String(
                  cursor.texts(), cursor.textOffset(), cursor.textLength(), StandardCharsets.UTF_8);
      seen.add(EventTime.seconds(cursor.time()) + " " + cursor.record() + " " + text);
      assertThat(cursor.end()).isEqualTo(cursor.recordOffset() + cursor.recordLength());
    }
    return seen;
  }

  @Test
  void eachEventHasItsPlaceAndPerhapsItsText() {
    add(1, false);
    add(2, true);
    add(300, false);
    add(4, true);
    EventStream stream = builder.take();
    assertThat(walk(stream))
        .containsExactly("1 {n=1} -", "2 {n=2} {\"n\":2}", "300 {n=300} -", "4 {n=4} {\"n\":4}");
    assertThat(stream.ends()).hasSize(4).endsWith(stream.length());
    assertThat(walk(stream.view())).isEqualTo(walk(stream));
  }

  @Test
  void aLentStreamIsWhatWasCollectedUntilTheBuilderIsUsedAgain() {
    for (int i = 0; i < 100; i++) {
      add(i, i % 2 == 0);
    }
    builder.take();
    add(1, true);
    add(2, false);
    EventStream lent = builder.lend();
    assertThat(builder.isEmpty()).isTrue();
    assertThat(lent.count()).isEqualTo(2);
    assertThat(walk(lent)).containsExactly("1 {n=1} {\"n\":1}", "2 {n=2} -");
    EventStream copy = lent.copy();
    add(8, true);
    add(9, true);
    assertThat(walk(builder.lend())).containsExactly("8 {n=8} {\"n\":8}", "9 {n=9} {\"n\":9}");
    assertThat(walk(copy)).containsExactly("1 {n=1} -", "2 {n=2} -");
  }

  @Test
  void textsOfEventsThatWereTakenBackAreForgotten() {
    add(1, true);
    long mark = builder.mark();
    add(2, true);
    builder.rewind(mark);
    builder.begin();
    byte[] text = "{}".getBytes(StandardCharsets.UTF_8);
    builder.text(text, 0, 0, 0, 2);
    builder.rollback();
    add(3, false);
    add(4, true);
    assertThat(walk(builder.take()))
        .containsExactly("1 {n=1} {\"n\":1}", "3 {n=3} -", "4 {n=4} {\"n\":4}");
    add(5, false);
    assertThat(walk(builder.take())).containsExactly("5 {n=5} -");
  }

  @Test
  void manyEventsKeepTheirPlaces() {
    for (int i = 0; i < 1000; i++) {
      add(i, i % 3 == 0);
    }
    List<String> seen = walk(builder.take());
    assertThat(seen).hasSize(1000);
    assertThat(seen.get(999)).isEqualTo("999 {n=999} {\"n\":999}");
    assertThat(seen.get(998)).isEqualTo("998 {n=998} -");
  }

  @Test
  void timesThatAreNumbersAreReadWhereTheEndsAreKnown() {
    Bytes out = new Bytes();
    MsgpackWriter writer = new MsgpackWriter(out);
    writer.arrayHeader(2);
    writer.integer(1_700_000_000L);
    writer.value(Map.of("n", 1L));
    EventStream stream =
        EventStream.packed(out.array(), 0, out.length(), 1, new int[] {out.length()});
    assertThat(walk(stream)).containsExactly("1700000000 {n=1} -");
  }
}
