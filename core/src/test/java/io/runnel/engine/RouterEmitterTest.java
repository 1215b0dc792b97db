package io.runnel.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.Place;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.host.Clock;
import io.runnel.log.Log;
import io.runnel.metrics.Counter;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.EventSink;
import io.runnel.plugin.TagPattern;
import io.runnel.plugin.TaggedStream;
import io.runnel.route.FilterStep;
import io.runnel.route.Router;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RouterEmitterTest {
  private final List<String> seen = new ArrayList<>();
  private final ErrorStream errors = new ErrorStream(Log.none(), Clock.system(), Duration.ZERO);
  private final Router router = new Router("@ROOT", errors.events(false));
  private final Counter emits = new Counter();
  private final Counter records = new Counter();
  private final Counter refused = new Counter();
  private final RouterEmitter emitter =
      new RouterEmitter(router, errors, emits, records, new Counter(), refused);

  /** Takes streams together up to a size; refuses those of the tag {@code bad}. */
  private final class Sink implements EventSink {
    private final String id;
    private final long limit;

    Sink(String id, long limit) {
      this.id = id;
      this.limit = limit;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public void emit(String tag, EventStream stream) {
      emit(List.of(new TaggedStream(tag, stream)));
    }

    @Override
    public void emit(List<TaggedStream> streams) {
      if (streams.stream().anyMatch(each -> each.tag().equals("bad"))) {
        throw new EmitException("refused");
      }
      seen.add(id + ":" + streams.stream().map(TaggedStream::tag).collect(Collectors.joining("+")));
    }

    @Override
    public boolean takesTogether(long bytes) {
      return bytes <= limit;
    }
  }

  private static List<TaggedStream> streams(String... tags) {
    List<TaggedStream> streams = new ArrayList<>();
    for (String tag : tags) {
      streams.add(new TaggedStream(tag, EventStream.of(new Event(1L << 32, Map.of("k", "v")))));
    }
    return streams;
  }

  private void output(String pattern, Sink sink) {
    router.addOutput(TagPattern.parse(pattern, Place.NONE), sink);
  }

  @Test
  void neighboursToOneOutputAreHandedOverTogether() {
    output("other", new Sink("second", 1000));
    output("**", new Sink("first", 1000));
    emitter.emit(streams("a", "b", "other", "c", "d"));
    assertThat(seen).containsExactly("first:a+b", "second:other", "first:c+d");
    assertThat(emits.get()).isEqualTo(5);
    assertThat(records.get()).isEqualTo(5);
  }

  @Test
  void notMoreThanTheOutputTakesAtOnce() {
    int size = streams("a").getFirst().stream().length();
    output("**", new Sink("small", 2L * size));
    emitter.emit(streams("a", "b", "c", "d", "e"));
    assertThat(seen).containsExactly("small:a+b", "small:c+d", "small:e");
  }

  @Test
  void whatPassesAFilterGoesAlone() {
    router.addFilter(
        TagPattern.parse("b", Place.NONE),
        new FilterStep("f", (tag, stream) -> stream, new Counter(), new Counter()));
    output("**", new Sink("first", 1000));
    emitter.emit(streams("a", "b", "c"));
    assertThat(seen).containsExactly("first:a", "first:b", "first:c");
  }

  @Test
  void aRefusalIsToldAndWhatCameBeforeIsStored() {
    output("good", new Sink("first", 1000));
    output("**", new Sink("second", 1000));
    assertThatThrownBy(() -> emitter.emit(streams("good", "a", "bad", "good")))
        .isInstanceOf(EmitException.class)
        .hasMessage("refused");
    assertThat(seen).containsExactly("first:good");
    assertThat(records.get()).isEqualTo(1);
    assertThat(refused.get()).isEqualTo(3);
  }

  @Test
  void refusedStreamsGoToTheErrorLabelOneByOne() {
    Router label = new Router(Labels.ERROR, errors.events(true));
    label.addOutput(TagPattern.parse("**", Place.NONE), new ErrorSink());
    errors.errorLabel(label);
    output("**", new Sink("first", 1000));
    emitter.emit(streams("a", "bad"));
    assertThat(seen).containsExactly("error:a", "error:bad");
  }

  private final class ErrorSink implements EventSink {
    @Override
    public String id() {
      return "error";
    }

    @Override
    public void emit(String tag, EventStream stream) {
      seen.add("error:" + tag);
    }
  }
}
