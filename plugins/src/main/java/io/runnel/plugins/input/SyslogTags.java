package io.runnel.plugins.input;

import io.runnel.plugins.common.AddedFields;
import java.util.List;

/** What a priority means: the end of the tag, and two fields. Immutable. */
final class SyslogTags {
  private static final List<String> FACILITIES =
      List.of(
          "kern",
          "user",
          "mail",
          "daemon",
          "auth",
          "syslog",
          "lpr",
          "news",
          "uucp",
          "cron",
          "authpriv",
          "ftp",
          "ntp",
          "audit",
          "alert",
          "at",
          "local0",
          "local1",
          "local2",
          "local3",
          "local4",
          "local5",
          "local6",
          "local7");
  private static final List<String> SEVERITIES =
      List.of("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug");

  private final String[] tags = new String[FACILITIES.size() * SEVERITIES.size()];
  private final AddedFields[] fields = new AddedFields[tags.length];
  private final String unmatched;
  private final boolean hasFields;
  private final boolean parserTakesPriority;

  /**
   * @param severityKey null for no such field, as with the facility
   * @param parserTakesPriority whether the parser reads the priority, as its first field
   */
  SyslogTags(String tag, String severityKey, String facilityKey, boolean parserTakesPriority) {
    for (int priority = 0; priority < tags.length; priority++) {
      String facility = FACILITIES.get(priority / SEVERITIES.size());
      String severity = SEVERITIES.get(priority % SEVERITIES.size());
      tags[priority] = tag + "." + facility + "." + severity;
      fields[priority] = AddedFields.NONE.with(severityKey, severity).with(facilityKey, facility);
    }
    unmatched = tag + ".unmatched";
    hasFields = severityKey != null || facilityKey != null;
    this.parserTakesPriority = parserTakesPriority;
  }

  String tag(int priority) {
    return tags[priority];
  }

  AddedFields fields(int priority) {
    return fields[priority];
  }

  boolean hasFields() {
    return hasFields;
  }

  String unmatched() {
    return unmatched;
  }

  boolean parserTakesPriority() {
    return parserTakesPriority;
  }
}
