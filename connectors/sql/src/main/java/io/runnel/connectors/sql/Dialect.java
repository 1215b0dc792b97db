package io.runnel.connectors.sql;

import io.runnel.config.ConfigException;
import java.util.Locale;

/** What databases differ in. */
enum Dialect {
  MYSQL("mariadb", 3306, '`'),
  POSTGRESQL("postgresql", 5432, '"'),
  SQLITE("sqlite", 0, '"');

  private final String scheme;
  private final int defaultPort;
  private final char quote;

  Dialect(String scheme, int defaultPort, char quote) {
    this.scheme = scheme;
    this.defaultPort = defaultPort;
    this.quote = quote;
  }

  /** The dialect of an ActiveRecord adapter. */
  static Dialect ofAdapter(String adapter) {
    return switch (adapter.toLowerCase(Locale.ROOT)) {
      case "mysql", "mysql2", "trilogy", "mariadb" -> MYSQL;
      case "postgresql", "postgres", "postgis" -> POSTGRESQL;
      case "sqlite3", "sqlite" -> SQLITE;
      default ->
          throw new ConfigException(
              "adapter '" + adapter + "' is not known: use mysql2, postgresql or sqlite3");
    };
  }

  int defaultPort() {
    return defaultPort;
  }

  /** {@code jdbc:mariadb://host:port/database}; nothing of it can end the database's name. */
  String url(String host, int port, String database) {
    if (database.chars().anyMatch(c -> c == '?' || c == '&' || c < ' ')) {
      throw new IllegalArgumentException("'" + database + "' is no name of a database");
    }
    return this == SQLITE
        ? "jdbc:sqlite:" + database
        : "jdbc:" + scheme + "://" + address(host) + ":" + port + "/" + database;
  }

  private static String address(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  /** A name as SQL has it; a dot separates a schema from its table. */
  String quoted(String name) {
    StringBuilder out = new StringBuilder();
    for (String part : name.split("\\.", -1)) {
      if (!out.isEmpty()) {
        out.append('.');
      }
      out.append(column(part));
    }
    return out.toString();
  }

  /** A name in which a dot is a dot. */
  String column(String name) {
    String mark = String.valueOf(quote);
    return mark + name.replace(mark, mark + mark) + mark;
  }
}
