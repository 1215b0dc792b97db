package io.runnel.plugins.tail;

/** The tag of a file's events: a {@code *} in the parameter is replaced by the path. */
final class PathTag {
  private final String prefix;
  private final String suffix;

  PathTag(String tag) {
    int star = tag.indexOf('*');
    prefix = star < 0 ? tag : tag.substring(0, star);
    suffix = star < 0 ? null : tag.substring(star + 1);
  }

  /** {@code pre.*.suf} and {@code /var/log/a.log} give {@code pre.var.log.a.log.suf}. */
  String of(String path) {
    if (suffix == null) {
      return prefix;
    }
    StringBuilder tag = new StringBuilder(prefix);
    char last = '.'; // no dot at the start of the path's part
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i) == '/' ? '.' : path.charAt(i);
      if (c != '.' || last != '.') {
        tag.append(c);
      }
      last = c;
    }
    return tag.append(suffix).toString();
  }
}
