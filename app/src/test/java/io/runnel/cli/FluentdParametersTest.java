package io.runnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Every plugin, section and parameter of Fluentd 1.19 is there, with the same type, default, values
 * and alias. {@code params.json} was read from Fluentd's own plugin classes.
 */
class FluentdParametersTest {
  /** Differences that are meant: an expression for where, and the reason. */
  private static final Map<String, String> MEANT =
      Map.ofEntries(
          Map.entry(".*timekey_zone: default", "the machine's zone, which has no value beforehand"),
          Map.entry(
              ".*flush_thread_burst_interval: default",
              "threads are woken for work; only a pause that was written is kept"),
          Map.entry("filter/grep (regexp|exclude)[0-9]+", "a numbered family, read as such"),
          Map.entry("input/(sample|dummy) sample: (type|default)", "JSON, read by the plugin"),
          Map.entry(
              "input/(exec|syslog)>parse (time_type|estimate_current_event|with_priority): default",
              "set by the plugin where the section is silent"),
          Map.entry(
              "output/exec(_filter)?>(parse|inject) [a-z_]+: default",
              "set by the plugin where the section is silent"),
          Map.entry(
              "input/.*>transport protocol: (default|enum)",
              "one section serves all plugins; each checks what it can do"),
          Map.entry("metrics/local default_labels: default", "figures have no labels here"),
          Map.entry(".*>secondary>(buffer|secondary)", "refused, as Fluentd does, so not declared"),
          Map.entry(
              "output/(buffer|file|tdlog)>buffer (chunk|total)_limit_size: default",
              "what holds for the type file, which these outputs use"),
          Map.entry("output/forward (host|port)", "obsolete in Fluentd; refused with its text"),
          Map.entry("output/forward>transport", "unused in Fluentd"),
          Map.entry("output/http proxy: default", "from the environment"),
          Map.entry("output/relabel>(buffer|secondary)", "it never had a use for them"),
          Map.entry("output/roundrobin>store weight", "read by the plugin, not by the store's"),
          Map.entry("output/tdlog (api|import)_endpoint: default", "a name, set by the plugin"),
          Map.entry(
              "output/(tcp|unix)>buffer [a-z_]+: default",
              "Fluentd's old base class sets the same from its flat parameters"),
          Map.entry(
              "parser/(apache2|multiline) time_(key|format): default",
              "Fluentd's code uses the same without declaring it"),
          Map.entry(
              "storage/local (dir_)?mode: (type|default)",
              "octal text; the default follows <system>"));

  private final List<String> differences = new ArrayList<>();
  private final Set<String> met = new HashSet<>();
  private Map<?, ?> shared;

  @Test
  void everyParameterOfFluentdIsThere() throws IOException {
    Map<?, ?> fluentd = map(Json.parse(resource()));
    shared = map(fluentd.get("shared_sections"));
    Map<?, ?> ours = map(ReferenceJson.plugins(PluginReference.entries()).get("plugins"));
    Map<String, Object> theirs = new TreeMap<>();
    map(fluentd.get("plugins")).forEach((name, plugin) -> theirs.put((String) name, plugin));
    assertThat(theirs).hasSizeGreaterThan(50);
    theirs.forEach((name, plugin) -> plugin(name, map(plugin), ours));
    assertThat(differences).isEmpty();
    assertThat(met).as("reasons without a difference").containsAll(MEANT.keySet());
  }

  private void plugin(String name, Map<?, ?> theirs, Map<?, ?> ours) {
    String target = (String) theirs.get("alias_of");
    Map<?, ?> found = (Map<?, ?>) ours.get(target == null ? name : target);
    if (found == null) {
      differ(name, "plugin is missing");
      return;
    }
    if (target != null) {
      assertThat(((List<?>) found.get("aliases")).toArray())
          .contains(name.substring(name.indexOf('/') + 1));
    }
    Map<?, ?> overrides =
        theirs.get("default_overrides") == null ? Map.of() : map(theirs.get("default_overrides"));
    parameters(name, inherited(theirs), overrides, list(found.get("params")));
    sections(name, map(theirs.get("sections")), map(found.get("sections")));
  }

  /** The parameters of a plugin, with those of Fluentd's base class of its kind. */
  private List<Map<?, ?>> inherited(Map<?, ?> plugin) {
    List<Map<?, ?>> all = new ArrayList<>();
    if (plugin.get("inherits") != null) {
      String section = (String) plugin.get("configured_in_section");
      list(map(shared.get(section)).get("params")).stream()
          .filter(parameter -> !parameter.get("name").equals("@type"))
          .forEach(all::add);
    }
    all.addAll(list(plugin.get("params")));
    return all;
  }

  private void sections(String path, Map<?, ?> theirs, Map<?, ?> ours) {
    theirs.forEach(
        (name, section) -> {
          String below = path + ">" + name;
          Map<?, ?> found = (Map<?, ?>) ours.get(name);
          if (found == null) {
            differ(below, "section is missing");
          } else {
            section(below, map(section), found);
          }
        });
  }

  private void section(String path, Map<?, ?> theirs, Map<?, ?> ours) {
    Map<Object, Object> all = new LinkedHashMap<>();
    if (theirs.get("ref") != null) {
      all.putAll(map(shared.get(theirs.get("ref"))));
    }
    all.putAll(theirs);
    for (String flag : List.of("required", "multi", "init")) {
      boolean known = all.get(flag) instanceof Boolean;
      if (known && !all.get(flag).equals(ours.get(flag))) {
        differ(path, flag + " " + all.get(flag) + ", here " + ours.get(flag));
      }
    }
    List<Map<?, ?>> parameters = new ArrayList<>(list(all.get("params")));
    parameters.addAll(list(all.get("extra_params")));
    List<?> absent =
        all.get("absent_params") == null ? List.of() : (List<?>) all.get("absent_params");
    parameters.removeIf(parameter -> absent.contains(parameter.get("name")));
    Map<?, ?> overrides =
        all.get("default_overrides") == null ? Map.of() : map(all.get("default_overrides"));
    parameters(path, parameters, overrides, list(ours.get("params")));
    if (all.get("argument") != null && ours.get("argument") != null) {
      parameters(
          path, List.of(map(all.get("argument"))), overrides, List.of(map(ours.get("argument"))));
    }
    Map<Object, Object> inner = new LinkedHashMap<>();
    if (all.get("sections") != null) {
      inner.putAll(map(all.get("sections")));
    }
    if (all.get("absent_sections") != null) {
      inner.keySet().removeAll((List<?>) all.get("absent_sections"));
    }
    sections(path, inner, map(ours.get("sections")));
  }

  private void parameters(
      String path, List<Map<?, ?>> theirs, Map<?, ?> overrides, List<Map<?, ?>> ours) {
    for (Map<?, ?> parameter : theirs) {
      Object name = parameter.get("name");
      String at = path + " " + name;
      Map<?, ?> found =
          ours.stream().filter(own -> own.get("name").equals(name)).findFirst().orElse(null);
      if (found == null) {
        differ(at, "parameter is missing");
        continue;
      }
      compare(at, "type", parameter.get("type"), found.get("type"));
      boolean overridden = overrides.containsKey(name);
      if (!overridden) {
        compare(at, "required", parameter.get("required"), found.get("required"));
      }
      compare(
          at,
          "default",
          overridden ? overrides.get(name) : parameter.get("default"),
          found.get("default"));
      compare(
          at,
          "enum",
          parameter.get("enum"),
          parameter.get("enum") == null ? null : found.get("enum"));
      compare(at, "alias", parameter.get("alias"), found.get("alias"));
      compare(at, "secret", parameter.get("secret"), found.get("secret"));
    }
  }

  private void compare(String at, String what, Object theirs, Object ours) {
    boolean same =
        theirs instanceof Number a && ours instanceof Number b
            ? a.doubleValue() == b.doubleValue()
            : theirs instanceof List<?> a && ours instanceof List<?> b
                ? new HashSet<>(a).equals(new HashSet<>(b))
                : Objects.equals(theirs, ours);
    if (!same) {
      differ(at + ": " + what, theirs + ", here " + ours);
    }
  }

  private void differ(String at, String what) {
    for (String where : MEANT.keySet()) {
      if (at.matches(where)) {
        met.add(where);
        return;
      }
    }
    differences.add(at + " " + what);
  }

  private static Map<?, ?> map(Object value) {
    return (Map<?, ?>) value;
  }

  private static List<Map<?, ?>> list(Object value) {
    List<Map<?, ?>> maps = new ArrayList<>();
    if (value != null) {
      ((List<?>) value).forEach(item -> maps.add((Map<?, ?>) item));
    }
    return maps;
  }

  private static String resource() throws IOException {
    try (InputStream in = FluentdParametersTest.class.getResourceAsStream("/params.json")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
