package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.event.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The arguments of journalctl.
 *
 * @param program its name or path
 * @param folder a folder of journal files; null for the system's own
 * @param filters fields and values: together within one, one of several is enough
 * @param fromHead begins with the oldest entry where there is no cursor
 */
record JournalCommand(String program, Path folder, List<String> filters, boolean fromHead) {
  /**
   * What {@code matches} says: a list of objects, whose values may be lists.
   *
   * @throws ConfigException where it is no such list
   */
  static List<String> filters(String matches) {
    Object parsed;
    try {
      parsed = Json.parse(matches);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("matches: " + e.getMessage());
    }
    if (!(parsed instanceof List<?> list)) {
      throw new ConfigException("matches must be a list of objects");
    }
    List<String> filters = new ArrayList<>();
    for (Object item : list) {
      if (!(item instanceof Map<?, ?> fields)) {
        throw new ConfigException("matches must be a list of objects");
      }
      if (!filters.isEmpty()) {
        filters.add("+");
      }
      fields.forEach(
          (name, value) -> {
            if (!((String) name).matches("[A-Z_][A-Z0-9_]*")) {
              throw new ConfigException("matches: wrong name of a field: " + name);
            }
            for (Object one : value instanceof List<?> several ? several : List.of(value)) {
              filters.add(name + "=" + one);
            }
          });
    }
    return filters;
  }

  /** Whether the program is there. */
  boolean isFound() {
    if (program.contains("/")) {
      return Files.isExecutable(Path.of(program));
    }
    String path = System.getenv("PATH");
    for (String one : (path == null ? "/usr/bin:/bin" : path).split(":")) {
      if (!one.isEmpty() && Files.isExecutable(Path.of(one).resolve(program))) {
        return true;
      }
    }
    return false;
  }

  /**
   * @param cursor the entry behind which reading goes on; null for none
   */
  List<String> line(String cursor) {
    List<String> line = new ArrayList<>(List.of(program, "--no-pager", "-q", "-o", "export", "-f"));
    if (folder != null) {
      line.addAll(List.of("-D", folder.toString()));
    }
    if (cursor != null) {
      line.addAll(List.of("--no-tail", "--after-cursor=" + cursor));
    } else if (fromHead) {
      line.add("--no-tail");
    } else {
      line.addAll(List.of("-n", "0"));
    }
    line.addAll(filters);
    return line;
  }
}
