package io.runnel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.Place;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.metrics.Counter;
import io.runnel.plugin.BufferOverflowException;
import io.runnel.plugin.EventSink;
import io.runnel.plugin.Filter;
import io.runnel.plugin.TagPattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouterTest {
  private final List<String> seen = new ArrayList<>();
  private final List<String> reported = new ArrayList<>();
  private final Router router =
      new Router(
          "@ROOT",
          new RouteEvents() {
            @Override
            public void noMatch(String tag, int records) {
              reported.add("no match " + tag + " " + records);
            }

            @Override
            public void filterFailed(String id, String tag, EventStream stream, Exception error) {
              reported.add(id + " failed " + tag + " " + stream.count());
            }
          });

  private static TagPattern pattern(String text) {
    return TagPattern.parse(text, Place.NONE);
  }

  private static EventStream one() {
    return EventStream.of(new Event(0, Map.of("k", "v")));
  }

  private EventSink sink(String id) {
    return new EventSink() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public void emit(String tag, EventStream stream) {
        seen.add(id + ":" + tag + ":" + stream.events().getFirst().record());
      }
    };
  }

  private void filter(String pattern, String key) {
    Filter filter =
        (tag, stream) -> {
          List<Event> changed = new ArrayList<>();
          for (Event event : stream.events()) {
            Map<String, Object> copy = new LinkedHashMap<>(event.record());
            copy.put(key, (long) copy.size());
            changed.add(new Event(event.time(), copy));
          }
          return EventStream.of(changed);
        };
    router.addFilter(pattern(pattern), new FilterStep(key, filter, new Counter(), new Counter()));
  }

  @Test
  void theFirstMatchingOutputTakesTheEvent() {
    router.addOutput(pattern("a.*"), sink("first"));
    router.addOutput(pattern("a.**"), sink("second"));
    router.emit("a.b", one());
    router.emit("a.b.c", one());
    assertThat(seen).containsExactly("first:a.b:{k=v}", "second:a.b.c:{k=v}");
  }

  @Test
  void filtersBeforeTheOutputRunInOrderAndThoseBehindItDoNot() {
    filter("**", "x");
    filter("other", "never");
    filter("a", "y");
    router.addOutput(pattern("a"), sink("out"));
    filter("a", "late");
    router.emit("a", one());
    assertThat(seen).containsExactly("out:a:{k=v, x=1, y=2}");
  }

  @Test
  void unmatchedEventsAreReported() {
    filter("**", "x");
    router.emit("lost", one());
    assertThat(reported).containsExactly("no match lost 1");
  }

  @Test
  void aFailingFilterIsReportedAndEndsTheWay() {
    Filter broken =
        (tag, stream) -> {
          throw new IllegalStateException("boom");
        };
    router.addFilter(pattern("**"), new FilterStep("broken", broken, new Counter(), new Counter()));
    router.addOutput(pattern("**"), sink("out"));
    router.emit("a", one());
    assertThat(reported).containsExactly("broken failed a 1");
    assertThat(seen).isEmpty();
  }

  @Test
  void anOutputThatIsFullIsTheCallersBusiness() {
    router.addOutput(
        pattern("**"),
        new EventSink() {
          @Override
          public String id() {
            return "full";
          }

          @Override
          public void emit(String tag, EventStream stream) {
            throw new BufferOverflowException("buffer space has too many data");
          }
        });
    assertThatThrownBy(() -> router.emit("a", one())).isInstanceOf(BufferOverflowException.class);
  }

  @Test
  void manyTagsDoNotFillTheMemory() {
    router.addOutput(pattern("keep.**"), sink("out"));
    for (int i = 0; i < 20_000; i++) {
      router.hasOutputFor("tag." + i);
    }
    assertThat(router.hasOutputFor("keep.it")).isTrue();
    assertThat(router.cachedRoutes()).isLessThanOrEqualTo(8192);
  }
}
