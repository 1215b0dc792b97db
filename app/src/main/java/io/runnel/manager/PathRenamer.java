package io.runnel.manager;

import java.util.List;

/**
 * Gives a path a form that belongs to the new instance: {@code /var/lib/runnel/a/buffer} becomes
 * {@code /var/lib/runnel/b/buffer}, {@code /var/log/td-agent/buffer/td} becomes {@code
 * /var/log/td-agent_b/buffer/td}, {@code /data/x.pos} becomes {@code /data/x_b.pos}.
 */
final class PathRenamer {
  private final List<String> oldNames;
  private final String newName;

  /**
   * @param oldNames what a part of a path may be called after the source: the instance, or the
   *     folder and the file of an imported configuration
   */
  PathRenamer(List<String> oldNames, String newName) {
    this.oldNames = oldNames;
    this.newName = newName;
  }

  /**
   * @param attempt 0 at first; higher ones give other results where the first was taken
   */
  String rename(String path, int attempt) {
    String name = attempt == 0 ? newName : newName + "-" + (attempt + 1);
    String[] parts = path.split("/", -1);
    for (int i = parts.length - 1; i > 0; i--) {
      String renamed = part(parts, i, name);
      if (renamed != null) {
        parts[i] = renamed;
        return String.join("/", parts);
      }
    }
    int index = parts.length - 1;
    while (index > 1 && (parts[index].isEmpty() || isComputed(parts[index]))) {
      index--;
    }
    parts[index] = suffixed(parts[index], name);
    return String.join("/", parts);
  }

  /** A part that is the source's name, alone or with an extension; null where it is not. */
  private String part(String[] parts, int index, String name) {
    for (String old : oldNames) {
      String rest = parts[index].startsWith(old) ? parts[index].substring(old.length()) : null;
      boolean whole = rest != null && (rest.isEmpty() || rest.startsWith("."));
      if (whole) {
        // Below a folder "runnel" the names are those of instances; elsewhere the new name alone
        // could be another program's (/var/log/nginx).
        boolean ours = parts[index - 1].equals("runnel");
        return (ours ? name : old + "_" + name) + rest;
      }
    }
    return null;
  }

  /** Placeholders: what they become is not known. */
  private static boolean isComputed(String part) {
    return part.contains("%") || part.contains("${") || part.startsWith("*");
  }

  private static String suffixed(String part, String name) {
    int dot = part.indexOf('.', 1);
    return dot < 0 ? part + "_" + name : part.substring(0, dot) + "_" + name + part.substring(dot);
  }
}
