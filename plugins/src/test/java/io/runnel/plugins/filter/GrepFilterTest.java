package io.runnel.plugins.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.Json;
import io.runnel.event.RawBytes;
import io.runnel.plugin.Filter;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrepFilterTest {
  private final TestContext context = new TestContext();

  private static Map<String, Object> record(int id, Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", (long) id);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  private static final List<Map<String, Object>> REQUESTS =
      List.of(
          record(1, "m", "GET /a", "code", 200L, "host", "web1"),
          record(2, "m", "POST /b", "code", 500L, "host", "web2"),
          record(3, "m", "GET /c", "code", 404L, "host", "db1"),
          record(4, "code", 500L, "host", "web1"),
          record(5, "m", "PUT", "code", "503"));

  /** The ids of the records that pass. */
  private List<Long> grep(String config, List<Map<String, Object>> records) throws Exception {
    Filter filter = TestPlugins.filter(GrepFilter.TYPE, config, context);
    List<Event> events = new ArrayList<>();
    for (Map<String, Object> record : records) {
      events.add(new Event(7L << 32 | 8, record));
    }
    EventStream stream = EventStream.of(events);
    EventStream result = filter.filter("t", stream);
    assertThat(stream.events()).hasSize(records.size());
    List<Long> ids = new ArrayList<>();
    // decoded from the packed form, as the next one would do
    EventStream packed =
        EventStream.packed(result.bytes(), result.offset(), result.length(), result.count());
    for (Event event : packed.events()) {
      assertThat(event.time()).isEqualTo(7L << 32 | 8);
      long id = (Long) event.record().get("id");
      assertThat(records).contains(event.record());
      ids.add(id);
    }
    return ids;
  }

  private List<Long> grep(String config) throws Exception {
    return grep(config, REQUESTS);
  }

  private static String section(String name, String key, String pattern) {
    return "<" + name + ">\nkey " + key + "\npattern " + pattern + "\n</" + name + ">\n";
  }

  @Test
  void severalRegexpsMustAllMatch() throws Exception {
    String config =
        section("regexp", "m", "/^(GET|POST)/") + section("regexp", "code", "/^[25]00$/");
    assertThat(grep(config)).containsExactly(1L, 2L);
  }

  @Test
  void oneExcludeIsEnough() throws Exception {
    assertThat(grep(section("exclude", "code", "/^5/") + section("exclude", "host", "^db")))
        .containsExactly(1L);
  }

  @Test
  void missingFieldIsEmptyText() throws Exception {
    assertThat(grep(section("regexp", "m", "/^$/"))).containsExactly(4L);
    assertThat(grep(section("exclude", "m", "/^$/"))).containsExactly(1L, 2L, 3L, 5L);
  }

  @Test
  void groups() throws Exception {
    String or =
        "<or>\n"
            + section("regexp", "m", "/^GET/")
            + section("regexp", "host", "/^web/")
            + "</or>\n";
    String and =
        "<and>\n"
            + section("exclude", "code", "/^5/")
            + section("exclude", "host", "/^web/")
            + "</and>\n";
    assertThat(grep(or)).containsExactly(1L, 2L, 3L, 4L);
    assertThat(grep(and)).containsExactly(1L, 3L, 5L);
    assertThat(grep(or + and)).containsExactly(1L, 3L);
    assertThat(
            grep(
                "<and>\n"
                    + section("regexp", "m", "/GET/")
                    + section("regexp", "host", "/db/")
                    + "</and>"))
        .containsExactly(3L);
    assertThat(
            grep(
                "<or>\n"
                    + section("exclude", "m", "/GET/")
                    + section("exclude", "m2", "/x/")
                    + "</or>"))
        .containsExactly(2L, 4L, 5L);
  }

  @Test
  void oldParameters() throws Exception {
    assertThat(grep("regexp1 m ^GET\nexclude1 host ^db")).containsExactly(1L);
    assertThat(grep("regexp20 m /^get/i")).containsExactly(1L, 3L);
    assertThat(context.log().contains("'regexp1' parameter is deprecated")).isTrue();
    assertThatThrownBy(() -> grep("regexp1 onlykey"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("regexp1 does not contain 2 parameters");
    assertThatThrownBy(() -> grep("regexp1 a x\nregexp2 a y"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("regexp2 contains a duplicated key, a");
  }

  @Test
  void pathsIntoTheRecord() throws Exception {
    List<Map<String, Object>> records = new ArrayList<>();
    String[] lines = {
      "{\"id\":1,\"k8s\":{\"labels\":{\"app\":\"web\"}}}",
      "{\"id\":2,\"k8s\":{\"labels\":{\"app\":\"db\"}}}",
      "{\"id\":3,\"k8s\":\"text\"}",
      "{\"id\":4,\"k8s\":{\"labels\":{\"app\":\"web\"}},\"a.b\":[\"x\"]}",
      "{\"id\":5,\"k8s\":{\"labels\":{\"app\":\"web\"}},\"a.b\":[\"y\",\"x\"]}"
    };
    for (String line : lines) {
      records.add(record(line));
    }
    String config =
        section("regexp", "$.k8s.labels.app", "/^web$/") + section("exclude", "$['a.b'][0]", "/x/");
    // what cannot be looked into goes on, with a warning
    assertThat(grep(config, records)).containsExactly(1L, 3L, 5L);
    assertThat(context.log().contains("failed to grep events")).isTrue();
    assertThat(context.log().contains("String does not have #dig method")).isTrue();
  }

  @SuppressWarnings("unchecked") // the lines are objects
  private static Map<String, Object> record(String json) throws Exception {
    return (Map<String, Object>) Json.parse(json);
  }

  @Test
  void whatPassesWholeIsTheSameStream() throws Exception {
    Filter filter = TestPlugins.filter(GrepFilter.TYPE, section("regexp", "id", "/./"), context);
    EventStream stream = TestPlugins.stream(0, REQUESTS.get(0), REQUESTS.get(1));
    assertThat(filter.filter("t", stream)).isSameAs(stream);
    Filter none = TestPlugins.filter(GrepFilter.TYPE, section("regexp", "id", "/x/"), context);
    assertThat(none.filter("t", stream).isEmpty()).isTrue();
  }

  @Test
  void invalidUtf8IsMatchedToo() throws Exception {
    RawBytes raw = new RawBytes(new byte[] {'o', 'k', (byte) 0xff, 'x'}, false);
    assertThat(grep(section("regexp", "r", "/ok.x/"), List.of(record(1, "r", raw))))
        .containsExactly(1L);
  }

  @Test
  void wrongConfigurations() {
    String both = section("regexp", "a", "/x/") + section("exclude", "b", "/x/");
    assertThatThrownBy(() -> grep("<and>\n" + both + "</and>"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("Do not specify both <regexp> and <exclude> in <and>");
    assertThatThrownBy(() -> grep("<or>\n" + both + "</or>"))
        .hasMessage("Do not specify both <regexp> and <exclude> in <or>");
    assertThatThrownBy(() -> grep(section("regexp", "a", "/x/") + section("regexp", "a", "/y/")))
        .hasMessage("Duplicate key: a");
    assertThatThrownBy(() -> grep("<regexp>\nkey a\n</regexp>"))
        .hasMessageContaining("'pattern' parameter is required");
    assertThatThrownBy(() -> grep(section("regexp", "$.a..b", "/x/")))
        .isInstanceOf(ConfigException.class);
  }
}
