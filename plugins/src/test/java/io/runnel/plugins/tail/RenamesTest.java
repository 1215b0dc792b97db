package io.runnel.plugins.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.plugins.tail.Changes.Change;
import io.runnel.plugins.tail.Changes.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RenamesTest {
  private static Change gone(String name) {
    return new Change(Kind.DELETED, "/l/", name);
  }

  private static Change here(String name) {
    return new Change(Kind.CREATED, "/l/", name);
  }

  private static Map<String, String> find(Change... changes) {
    return find(new Renames(), changes);
  }

  private static Map<String, String> find(Renames renames, Change... changes) {
    return renames.find(List.of(changes), "/l/app.log"::equals);
  }

  @Test
  void theHalvesMayComeInTwoBatches() {
    Renames renames = new Renames();
    assertThat(find(renames, here("app.log"), gone("app.log"))).isEmpty();
    assertThat(find(renames, here("app.log.1"), here("app.log")))
        .containsExactly(Map.entry("/l/app.log.1", "/l/app.log"));
    assertThat(find(renames, gone("app.log"))).isEmpty();
    assertThat(find(renames, here("app.log.1"), gone("app.log")))
        .containsExactly(Map.entry("/l/app.log.1", "/l/app.log"));
    assertThat(find(renames, here("app.log.2")))
        .containsExactly(Map.entry("/l/app.log.2", "/l/app.log"));
    assertThat(find(renames, gone("app.log"))).isEmpty();
    assertThat(find(renames)).isEmpty();
    assertThat(find(renames, here("app.log.2"))).as("too late to be the same").isEmpty();
  }

  @Test
  void aNameThatGoesAndOneThatComesAreARename() {
    assertThat(find(here("app.log"), gone("app.log"), here("app.log.1"), here("app.log")))
        .containsExactly(Map.entry("/l/app.log.1", "/l/app.log"));
  }

  @Test
  void followsNamesThatShift() {
    assertThat(
            find(
                gone("app.log"),
                here("app.log.1"),
                gone("app.log.1"),
                here("app.log.2"),
                gone("app.log"),
                here("app.log.1")))
        .containsExactly(
            Map.entry("/l/app.log.2", "/l/app.log"), Map.entry("/l/app.log.1", "/l/app.log"));
  }

  @Test
  void takesNoOtherFileForARotatedOne() {
    assertThat(find(gone("app.log"), here("other.log"))).isEmpty();
    assertThat(find(gone("app.log"), here("app.log.1.gz"))).isEmpty();
    assertThat(find(gone("app.log"), here("app.log"))).isEmpty();
    assertThat(find(gone("other.log"), here("other.log.1"))).isEmpty();
    assertThat(find(gone("app.log"), new Change(Kind.CREATED, "/k/", "app.log.1"))).isEmpty();
  }

  @Test
  void knowsTheUsualNames() {
    for (String rotated : List.of("app.log.1", "app.log-20260102", "app-1.log", "app.1.log")) {
      assertThat(Renames.isRotatedName("app.log", rotated)).as(rotated).isTrue();
    }
    assertThat(Renames.isRotatedName("app.log", "apple.log")).isFalse();
  }

  @Test
  void findsTheNameThatAFileHadAtFirst() {
    for (String rotated :
        List.of(
            "app.log.1", "app.log-20260102", "app-1.log", "app.1.log", "app.log.1.2", "app.log~")) {
      assertThat(Renames.originOf(rotated, "app.log"::equals)).as(rotated).isEqualTo("app.log");
    }
    assertThat(Renames.originOf("app.log.1.gz", "app.log"::equals)).isNull();
    assertThat(Renames.originOf("apple.log", "app.log"::equals)).isNull();
    assertThat(Renames.originOf("app.log", "app.log"::equals)).isNull();
    assertThat(Renames.originOf("app-b.log.1", name -> name.endsWith(".log")))
        .as("the longest one")
        .isEqualTo("app-b.log");
  }
}
