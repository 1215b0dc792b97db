package io.runnel.plugins.parser;

/** The regular expressions of access logs, as Fluentd has them. */
final class AccessLogExpressions {
  static final String NGINX =
      "^(?<remote>[^ ]*) (?<host>[^ ]*) (?<user>[^ ]*) \\[(?<time>[^\\]]*)\\] "
          + "\"(?<method>\\S+)(?: +(?<path>[^\\\"]*?)(?: +\\S*)?)?\" (?<code>[^ ]*) (?<size>[^ ]*)"
          + "(?: \"(?<referer>[^\\\"]*)\" \"(?<agent>[^\\\"]*)\""
          + "(?:\\s+\\\"?(?<http_x_forwarded_for>[^\\\"]*)\\\"?)?)?$";

  static final String APACHE =
      "^(?<host>[^ ]*) [^ ]* (?<user>[^ ]*) \\[(?<time>[^\\]]*)\\] "
          + "\"(?<method>\\S+)(?: +(?<path>[^ ]*) +\\S*)?\" (?<code>[^ ]*) (?<size>[^ ]*)"
          + "(?: \"(?<referer>[^\\\"]*)\" \"(?<agent>[^\\\"]*)\")?$";

  static final String APACHE2 =
      "^(?<host>[^ ]*) [^ ]* (?<user>[^ ]*) \\[(?<time>[^\\]]*)\\] "
          + "\"(?<method>\\S+)(?: +(?<path>(?:[^\\\"]|\\\\\")*?)(?: +\\S*)?)?\""
          + " (?<code>[^ ]*) (?<size>[^ ]*)"
          + "(?: \"(?<referer>(?:[^\\\"]|\\\\\")*)\" \"(?<agent>(?:[^\\\"]|\\\\\")*)\")?$";

  private AccessLogExpressions() {}
}
