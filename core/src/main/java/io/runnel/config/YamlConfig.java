package io.runnel.config;

import io.runnel.event.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads Fluentd's YAML form of a configuration: {@code system:} and {@code config:} at the top,
 * {@code $type $tag …} for what has its own syntax elsewhere, and the tags {@code !include}, {@code
 * !fluent/json} and {@code !fluent/s}.
 */
final class YamlConfig {
  /** Nodes after aliases are followed: a few lines of aliases can stand for billions. */
  private static final int MAX_NODES = 200_000;

  private static final Set<String> RESERVED = Set.of("$type", "$id", "$label", "$log_level");

  private final SourceText source;
  private final EmbeddedCode code;
  private final Problems problems;
  private final V1Parser.Includer includer;
  private int nodes;
  private int depth;

  YamlConfig(SourceText source, EmbeddedCode code, Problems problems, V1Parser.Includer includer) {
    this.source = source;
    this.code = code;
    this.problems = problems;
    this.includer = includer;
  }

  /** Reads the text into ROOT, or as the body of another section where it is included there. */
  void parseInto(ConfigElement into) {
    try {
      LoadSettings settings =
          LoadSettings.builder()
              .setLabel(source.file())
              .setParseComments(false)
              .setCodePointLimit(ConfigLoader.MAX_BYTES)
              .build();
      Optional<Node> node = new Compose(settings).composeString(source.text());
      if (node.isPresent()) {
        document(node.get(), into);
      }
    } catch (MarkedYamlEngineException e) {
      Place place = e.getProblemMark().map(this::place).orElse(source.place(0));
      String context = e.getContext() == null ? "" : e.getContext() + ", ";
      fault(context + e.getProblem(), place, null);
    } catch (YamlEngineException | IllegalArgumentException e) { // or a number of over 64 bits
      fault(String.valueOf(e.getMessage()), source.place(0), null);
    } catch (StackOverflowError e) {
      // The composer of the library recurses per level.
      fault("YAML is nested too deep", source.place(0), null);
    }
  }

  private void fault(String message, Place place, String hint) {
    problems.error(
        message + " at " + place.file() + " line " + place.line() + "," + place.column(),
        place,
        hint);
  }

  private Place place(Mark mark) {
    return new Place(source.file(), mark.getLine() + 1, mark.getColumn() + 1);
  }

  private Place place(Node node) {
    return node.getStartMark().map(this::place).orElse(source.place(0));
  }

  /** Counts a node; false, with a fault, where there are too many or they are too deep. */
  private boolean enter(Node node) {
    depth++;
    if (++nodes == MAX_NODES || depth == V1Parser.MAX_DEPTH) {
      fault("YAML is nested too deep or too large", place(node), "an alias may hold itself");
    }
    return nodes < MAX_NODES && depth < V1Parser.MAX_DEPTH;
  }

  private void document(Node node, ConfigElement into) {
    switch (node) {
      case SequenceNode list -> items(list, into);
      case MappingNode map when into.name().equals("ROOT") -> top(map, into);
      case MappingNode map -> body(map, into);
      default -> fault("a map with system and config is expected", place(node), null);
    }
  }

  private void top(MappingNode map, ConfigElement root) {
    for (Map.Entry<String, Node> entry : entries(map).entrySet()) {
      switch (entry.getKey()) {
        case "system" -> section("system", entry.getValue(), root);
        case "config" -> {
          if (entry.getValue() instanceof SequenceNode list) {
            items(list, root);
          } else {
            fault("'config' must be a list", place(entry.getValue()), "put '- ' before each item");
          }
        }
        default ->
            problems.warn(
                "'" + entry.getKey() + "' is not used",
                place(entry.getValue()),
                "the top level holds system and config");
      }
    }
  }

  /** The items of a {@code config} list. */
  private void items(SequenceNode list, ConfigElement into) {
    for (Node item : list.getValue()) {
      if (isTagged(item, "!include")) {
        includer.include(((ScalarNode) item).getValue(), into, place(item));
      } else if (item instanceof SequenceNode nested) {
        if (enter(item)) {
          items(nested, into);
        }
        depth--;
      } else if (item instanceof MappingNode map) {
        entries(map).forEach((name, body) -> section(name, body, into));
      } else {
        fault("an item of 'config' must be a map", place(item), null);
      }
    }
  }

  private static boolean isTagged(Node node, String tag) {
    return node instanceof ScalarNode && node.getTag().getValue().equals(tag);
  }

  /** The pairs of a map in order; merged maps ({@code <<}) come first. */
  private Map<String, Node> entries(MappingNode map) {
    Map<String, Node> own = new LinkedHashMap<>();
    Map<String, Node> merged = new LinkedHashMap<>();
    if (enter(map)) {
      for (NodeTuple tuple : map.getValue()) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
          fault("a key must be a plain text", place(tuple.getKeyNode()), null);
        } else if (key.getValue().equals("<<") && key.getScalarStyle() == ScalarStyle.PLAIN) {
          merge(tuple.getValueNode(), merged);
        } else {
          own.put(key.getValue(), tuple.getValueNode());
        }
      }
    }
    depth--;
    merged.putAll(own);
    return merged;
  }

  private void merge(Node node, Map<String, Node> into) {
    switch (node) {
      case MappingNode map -> entries(map).forEach(into::putIfAbsent);
      case SequenceNode list when enter(list) -> {
        list.getValue().forEach(member -> merge(member, into));
        depth--;
      }
      default -> fault("'<<' must refer to a map", place(node), null);
    }
  }

  /** Adds a section; a list gives one for each member. */
  private void section(String name, Node node, ConfigElement parent) {
    if (!enter(node)) {
      depth--;
      return;
    }
    switch (node) {
      case SequenceNode list -> list.getValue().forEach(item -> section(name, item, parent));
      case MappingNode map -> {
        Map<String, Node> entries = entries(map);
        ConfigElement section = new ConfigElement(name, argument(name, entries), place(node));
        parent.add(section);
        body(entries, section);
      }
      case ScalarNode scalar when isTagged(scalar, "!include") -> {
        ConfigElement section = new ConfigElement(name, "", place(node));
        parent.add(section);
        includer.include(scalar.getValue(), section, place(node));
      }
      case ScalarNode scalar when scalar.getValue().isEmpty() ->
          parent.add(new ConfigElement(name, "", place(node)));
      default -> fault("section '" + name + "' must be a map", place(node), null);
    }
    depth--;
  }

  private String argument(String name, Map<String, Node> entries) {
    String key =
        switch (name) {
          case "match", "filter" -> "$tag";
          case "label" -> "$name";
          default -> "$arg";
        };
    Node node = entries.remove(entries.containsKey(key) ? key : "$arg");
    if (node instanceof SequenceNode list) {
      // Fluentd joins tags with a comma, which does not work as several patterns.
      List<String> parts = new ArrayList<>();
      list.getValue().forEach(item -> parts.add(text(item).text()));
      return String.join(key.equals("$tag") ? " " : ",", parts);
    }
    String text = node == null ? null : text(node).text();
    return text == null ? "" : text;
  }

  private void body(MappingNode map, ConfigElement section) {
    body(entries(map), section);
  }

  private void body(Map<String, Node> entries, ConfigElement section) {
    boolean holder = section.name().equals("label") || section.name().equals("worker");
    entries.forEach(
        (key, node) -> {
          String name = RESERVED.contains(key) ? "@" + key.substring(1) : key;
          if (key.equals("config") && holder && node instanceof SequenceNode list) {
            items(list, section);
          } else if (isTagged(node, "!fluent/json") || isJson(node)) {
            section.set(name, ConfigValue.of(Json.write(value(node)), place(node)));
          } else if (node instanceof MappingNode
              || isSections(node)
              || isTagged(node, "!include")) {
            section(name, node, section);
          } else if (node instanceof SequenceNode) {
            section.set(name, ConfigValue.of(Json.write(value(node)), place(node)));
          } else {
            section.set(name, text(node));
          }
        });
  }

  private static boolean isJson(Node node) {
    return node.getTag().getValue().equals("!fluent/json");
  }

  private static boolean isSections(Node node) {
    return node instanceof SequenceNode list
        && !list.getValue().isEmpty()
        && !(list.getValue().getFirst() instanceof ScalarNode);
  }

  /** A scalar as the value of a parameter. */
  private ConfigValue text(Node node) {
    Place place = place(node);
    if (!(node instanceof ScalarNode scalar)) {
      fault("a plain value is expected", place, null);
      return ConfigValue.of("", place);
    }
    String value = scalar.getValue();
    if (isTagged(node, "!fluent/s")) {
      return evaluated(value, place);
    }
    boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
    boolean nil = plain && (value.equals("null") || value.equals("~"));
    return new ConfigValue(nil ? null : value, false, place);
  }

  /** Evaluates the {@code #{…}} in a text; YAML has read its escapes already. */
  private ConfigValue evaluated(String text, Place place) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int at = text.indexOf("#{"); at >= 0; at = text.indexOf("#{", from)) {
      out.append(text, from, at);
      try {
        EmbeddedCode.Result result = code.evaluate(text, at + 2);
        from = result.next();
        switch (result.outcome()) {
          case TEXT -> out.append(result.text());
          case NIL -> {
            return new ConfigValue(null, false, place);
          }
          case DEFAULT -> {
            return new ConfigValue(null, true, place);
          }
        }
      } catch (ParseFault e) {
        fault(e.getMessage(), place, e.hint());
        return ConfigValue.of(text, place);
      }
    }
    return ConfigValue.of(out.append(text, from, text.length()).toString(), place);
  }

  /** A node as a value of JSON. */
  private Object value(Node node) {
    Object value = null;
    if (enter(node)) {
      value =
          switch (node) {
            case MappingNode map -> {
              Map<String, Object> out = new LinkedHashMap<>();
              entries(map).forEach((key, member) -> out.put(key, value(member)));
              yield out;
            }
            case SequenceNode list -> {
              List<Object> out = new ArrayList<>();
              list.getValue().forEach(member -> out.add(value(member)));
              yield out;
            }
            case ScalarNode scalar -> scalar(scalar);
            default -> null;
          };
    }
    depth--;
    return value;
  }

  private Object scalar(ScalarNode scalar) {
    String text = scalar.getValue();
    if (isTagged(scalar, "!fluent/s")) {
      return evaluated(text, place(scalar)).text();
    }
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.NULL)) {
      return null;
    }
    if (tag.equals(Tag.BOOL)) {
      return Boolean.valueOf(text);
    }
    try {
      if (tag.equals(Tag.INT)) {
        return Long.valueOf(text);
      }
      return tag.equals(Tag.FLOAT) ? (Object) Double.valueOf(text) : text;
    } catch (NumberFormatException e) {
      // Beyond 64 bits, or one of YAML's own forms (.inf): kept as it is written.
      return text;
    }
  }
}
