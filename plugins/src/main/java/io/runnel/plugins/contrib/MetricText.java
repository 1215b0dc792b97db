package io.runnel.plugins.contrib;

import io.runnel.event.RubyFloat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The text format of Prometheus, version 0.0.4: families one after the other, each with {@code #
 * HELP}, {@code # TYPE} and its samples, of which there is one for each set of labels.
 */
final class MetricText {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private record Block(String type, String help, Map<String, String> samples) {}

  private final Map<String, Block> blocks = new LinkedHashMap<>();

  /** Begins a family, or goes on with it. */
  void family(String name, String type, String help) {
    blocks.computeIfAbsent(name, ignored -> new Block(type, help, new LinkedHashMap<>()));
  }

  /**
   * Adds a sample of a family that was begun; one with the same labels is replaced.
   *
   * @param suffix {@code _sum} and the like; empty for the family's own name
   */
  void sample(String family, String suffix, Map<String, String> labels, double value) {
    StringBuilder key = new StringBuilder(family).append(suffix);
    if (!labels.isEmpty()) {
      char before = '{';
      for (Map.Entry<String, String> label : labels.entrySet()) {
        key.append(before).append(label.getKey()).append("=\"");
        escape(label.getValue(), true, key);
        key.append('"');
        before = ',';
      }
      key.append('}');
    }
    blocks.get(family).samples.put(key.toString(), number(value));
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return RubyFloat.toString(value);
  }

  private static void escape(String text, boolean quotes, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        out.append("\\n");
      } else {
        if (c == '\\' || quotes && c == '"') {
          out.append('\\');
        }
        out.append(c);
      }
    }
  }

  /** Adds the families of another text of this format. */
  void merge(String text) {
    Block block = null;
    String help = "";
    String helpOf = "";
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("# HELP ") && words.length >= 3) {
        helpOf = words[2];
        help = words.length > 3 ? words[3] : "";
      } else if (line.startsWith("# TYPE ") && words.length == 4) {
        String known =
            helpOf.equals(words[2]) ? help.replace("\\n", "\n").replace("\\\\", "\\") : "";
        family(words[2], words[3], known);
        block = blocks.get(words[2]);
      } else if (!line.isBlank() && !line.startsWith("#") && block != null) {
        int blank = line.lastIndexOf(' ');
        if (blank > 0) {
          block.samples.put(line.substring(0, blank), line.substring(blank + 1));
        }
      }
    }
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(4096);
    blocks.forEach(
        (name, block) -> {
          out.append("# HELP ").append(name).append(' ');
          escape(block.help, false, out);
          out.append("\n# TYPE ").append(name).append(' ').append(block.type).append('\n');
          block.samples.forEach(
              (key, value) -> out.append(key).append(' ').append(value).append('\n'));
        });
    return out.toString();
  }
}
