package io.runnel.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordAccessorTest {
  private static final String RECORD =
      """
      {"a":1,"b":{"c":[{"d":"x"},{"d":"y","e f":null}],"$.a":2},"$x":3,"s":"text","":4,"a.b":5}\
      """;

  @SuppressWarnings("unchecked")
  private static Map<String, Object> record() {
    return (Map<String, Object>) Json.parse(RECORD);
  }

  private static Object get(String path) {
    return RecordAccessor.of(path).get(record());
  }

  /** The same through the packed record; -1 as text where there is no field. */
  private static Object find(String path) {
    Bytes out = new Bytes();
    out.write(0xc1);
    new MsgpackWriter(out).value(record());
    MsgpackReader reader = new MsgpackReader(out.array(), 1, out.length() - 1);
    int length = RecordAccessor.of(path).find(reader);
    return length < 0
        ? "none"
        : new MsgpackReader(out.array(), reader.position(), length).readValue();
  }

  @Test
  void reachesFields() {
    for (String path : List.of("a", "$.a", "$['a']", "$[\"a\"]")) {
      assertThat(get(path)).as(path).isEqualTo(1L);
      assertThat(find(path)).as(path).isEqualTo(1L);
    }
    for (String path : List.of("$.b.c[1].d", "$['b'][\"c\"][1]['d']", "$.b.c[-1].d")) {
      assertThat(get(path)).as(path).isEqualTo("y");
      assertThat(find(path)).as(path).isEqualTo("y");
    }
    assertThat(get("$['b']['$.a']")).isEqualTo(2L);
    assertThat(get("$x")).isEqualTo(3L);
    assertThat(get("a.b")).isEqualTo(5L);
    assertThat(get("$['a.b']")).isEqualTo(5L);
    assertThat(get("")).isEqualTo(4L);
    assertThat(RecordAccessor.ofKey("$.a").get(Map.of("$.a", 9L))).isEqualTo(9L);
  }

  @Test
  void whatIsNotThereIsNull() {
    for (String path :
        List.of(
            "x", "$.a.b", "$.s[0]", "$.b.c.d", "$.b.c[2]", "$.b.c[-3]", "$.b[0]", "$.b.x.y.z")) {
      assertThat(get(path)).as(path).isNull();
      assertThat(RecordAccessor.of(path).exists(record())).as(path).isFalse();
      assertThat(find(path)).as(path).isEqualTo("none");
    }
    assertThat(RecordAccessor.of("$.b.c[1]").exists(record())).isTrue();
    assertThat(RecordAccessor.of("$['b']['c'][1]['e f']").exists(record())).isTrue();
    assertThat(find("$['b']['c'][1]['e f']")).isNull();
  }

  @Test
  void setsAndDeletes() {
    Map<String, Object> record = record();
    RecordAccessor.of("$.b.c[0].d").set(record, "new");
    RecordAccessor.of("$.b.n").set(record, List.of());
    RecordAccessor.of("$.b.c[1]").set(record, 7L);
    RecordAccessor.of("$.x.y").set(record, 1L);
    RecordAccessor.of("$.s.y").set(record, 1L);
    assertThat(record.get("b")).hasToString("{c=[{d=new}, 7], $.a=2, n=[]}");
    assertThat(RecordAccessor.of("$.b.c[0].d").delete(record)).isEqualTo("new");
    assertThat(RecordAccessor.of("$.b.c[1]").delete(record)).isEqualTo(7L);
    assertThat(RecordAccessor.of("$.b.c[5]").delete(record)).isNull();
    assertThat(RecordAccessor.of("$.s.y").delete(record)).isNull();
    assertThat(RecordAccessor.of("a").delete(record)).isEqualTo(1L);
    assertThat(record.get("b")).hasToString("{c=[{}], $.a=2, n=[]}");
    assertThat(record).doesNotContainKey("a");
    assertThat(new LinkedHashMap<>(record).keySet()).containsExactly("b", "$x", "s", "", "a.b");
  }

  @Test
  void refusesWrongSyntaxInFluentdsWords() {
    assertError("$.", "empty keys in dot notation");
    assertError("$..a", "empty keys in dot notation");
    assertError(
        "$.a b", "whitespace character is not allowed in dot notation. Use bracket notation: a b");
    assertError("$.a[0", "'[' found but ']' not found. Invalid syntax: $.a[0");
    assertError("$['a'", "'[' found but ']' not found. Invalid syntax: $['a'");
    assertError("$['a\"]", "Mismatched quotes. Invalid syntax: $['a\"]");
    assertError("$[a]", "invalid value for Integer(): \"a\". Invalid syntax: $[a]");
    assertError("$['a']b", "found unexpected text after ']'. Invalid syntax: $['a']b");
    assertError("$.a[0]b", "found unexpected text after ']'. Invalid syntax: $.a[0]b");
  }

  private static void assertError(String path, String message) {
    assertThatThrownBy(() -> RecordAccessor.of(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
