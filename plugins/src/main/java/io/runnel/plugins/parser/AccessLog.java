package io.runnel.plugins.parser;

/**
 * Matches lines of web servers' access logs byte by byte, with the result that the regular
 * expression of the format would have. It knows the usual shape of a line only: for any other it
 * says so, and the expression has the last word.
 *
 * <p>Why the result is the same: up to the request each field ends at a fixed character that cannot
 * be in the field, so there is nothing to backtrack to. In the request, {@code method} ends at a
 * space before the first quote (one that reached the quote could take it in), and that quote is
 * followed by a space, so that it is the only one that can close the request. The rest has fields
 * between quotes that cannot hold one.
 */
enum AccessLog {
  NGINX(AccessLogExpressions.NGINX),
  APACHE(AccessLogExpressions.APACHE),
  APACHE2(AccessLogExpressions.APACHE2);

  private final String expression;

  AccessLog(String expression) {
    this.expression = expression;
  }

  /** The format that has this regular expression; null where none has. */
  static AccessLog of(String expression) {
    for (AccessLog format : values()) {
      if (format.expression.equals(expression)) {
        return format;
      }
    }
    return null;
  }

  /** The regular expression of the format. */
  String expression() {
    return expression;
  }

  private int groups() {
    return this == NGINX ? 11 : 9;
  }

  /**
   * @return the places of the groups as {@link io.runnel.regexp.Regexp#search} returns them, or
   *     null where only the regular expression can tell
   */
  int[] match(byte[] text, int offset, int length) {
    int end = offset + length;
    if (Scan.find(text, offset, end, '\n') >= 0
        || this == APACHE2 && Scan.find(text, offset, end, '\\') >= 0) {
      return null;
    }
    int[] places = new int[2 * groups() + 2];
    java.util.Arrays.fill(places, -1);
    places[0] = offset;
    places[1] = end;
    int group = 1;
    int at = offset;
    for (int i = 0; i < 3; i++) {
      int space = Scan.find(text, at, end, ' ');
      if (space < 0) {
        return null;
      }
      if (i != 1 || this == NGINX) {
        group = set(places, group, at, space);
      }
      at = space + 1;
    }
    if (at >= end || text[at] != '[') {
      return null;
    }
    int bracket = Scan.find(text, at, end, ']');
    if (bracket < 0 || bracket + 2 >= end || text[bracket + 1] != ' ' || text[bracket + 2] != '"') {
      return null;
    }
    group = set(places, group, at + 1, bracket);
    int request = bracket + 3;
    int quote = Scan.find(text, request, end, '"');
    if (quote < 0
        || quote + 1 >= end
        || text[quote + 1] != ' '
        || !request(text, request, quote, places, group)) {
      return null;
    }
    return tail(text, quote + 2, end, places, group + 2) ? places : null;
  }

  private static int set(int[] places, int group, int from, int to) {
    places[2 * group] = from;
    places[2 * group + 1] = to;
    return group + 1;
  }

  /** Method and path; what is between them and the closing quote is dropped. */
  private boolean request(byte[] text, int from, int quote, int[] places, int group) {
    int method = from;
    while (method < quote && !Scan.isSpace(text[method])) {
      method++;
    }
    if (method == from || method == quote || text[method] != ' ') {
      return false;
    }
    set(places, group, from, method);
    int path = method;
    while (path < quote && text[path] == ' ') {
      path++;
    }
    return this == APACHE
        ? greedyPath(text, path, quote, places, group + 1)
        : lazyPath(text, path, quote, places, group + 1);
  }

  /** Up to the next space; the protocol goes on to the quote. */
  private static boolean greedyPath(byte[] text, int path, int quote, int[] places, int group) {
    int pathEnd = path;
    while (pathEnd < quote && text[pathEnd] != ' ') {
      pathEnd++;
    }
    int protocol = pathEnd;
    while (protocol < quote && text[protocol] == ' ') {
      protocol++;
    }
    for (int i = protocol; i < quote; i++) {
      if (Scan.isSpace(text[i])) {
        return false;
      }
    }
    if (pathEnd == quote) {
      return false;
    }
    set(places, group, path, pathEnd);
    return true;
  }

  /** Up to the spaces before the last word; there may be none. */
  private static boolean lazyPath(byte[] text, int path, int quote, int[] places, int group) {
    int pathEnd = quote;
    while (pathEnd > path && !Scan.isSpace(text[pathEnd - 1])) {
      pathEnd--;
    }
    if (pathEnd == path) {
      set(places, group, path, quote);
      return true;
    }
    if (text[pathEnd - 1] != ' ') {
      return false;
    }
    while (pathEnd > path && text[pathEnd - 1] == ' ') {
      pathEnd--;
    }
    set(places, group, path, pathEnd);
    return true;
  }

  /** From the code on. */
  private boolean tail(byte[] text, int from, int end, int[] places, int first) {
    int codeEnd = Scan.find(text, from, end, ' ');
    if (codeEnd < 0) {
      return false;
    }
    int group = set(places, first, from, codeEnd);
    int sizeEnd = Scan.find(text, codeEnd + 1, end, ' ');
    if (sizeEnd < 0) {
      set(places, group, codeEnd + 1, end);
      return true;
    }
    group = set(places, group, codeEnd + 1, sizeEnd);
    if (sizeEnd + 1 >= end || text[sizeEnd + 1] != '"') {
      return false;
    }
    int refererEnd = Scan.find(text, sizeEnd + 2, end, '"');
    if (refererEnd < 0
        || refererEnd + 2 >= end
        || text[refererEnd + 1] != ' '
        || text[refererEnd + 2] != '"') {
      return false;
    }
    group = set(places, group, sizeEnd + 2, refererEnd);
    int agentEnd = Scan.find(text, refererEnd + 3, end, '"');
    if (agentEnd < 0) {
      return false;
    }
    group = set(places, group, refererEnd + 3, agentEnd);
    return agentEnd + 1 == end
        || this == NGINX && forwardedFor(text, agentEnd + 1, end, places, group);
  }

  private static boolean forwardedFor(byte[] text, int from, int end, int[] places, int group) {
    int at = from;
    while (at < end && Scan.isSpace(text[at])) {
      at++;
    }
    if (at == from) {
      return false;
    }
    if (at < end && text[at] == '"') {
      at++;
    }
    int quote = Scan.find(text, at, end, '"');
    set(places, group, at, quote < 0 ? end : quote);
    return quote < 0 || quote + 1 == end;
  }
}
