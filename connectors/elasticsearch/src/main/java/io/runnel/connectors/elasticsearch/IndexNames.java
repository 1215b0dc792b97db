package io.runnel.connectors.elasticsearch;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.time.Strftime;
import io.runnel.time.Zone;
import java.util.Locale;

/** The name of the index for a time, by prefix and date. Used by one thread. */
final class IndexNames {
  private final String prefix;
  private final Strftime date;
  private final Zone zone;
  private final boolean bySecond;
  private long last = Long.MIN_VALUE;
  private String lastDate;
  private String lastName;

  IndexNames(Names names, DocumentConfig config, Zone local) {
    prefix = names.logstashPrefix() + config.logstashPrefixSeparator();
    date = Strftime.compile(names.logstashDateformat());
    zone = config.utcIndex() ? Zone.UTC : local;
    bySecond =
        !names.logstashDateformat().contains("N") && !names.logstashDateformat().contains("L");
  }

  /** In lower case: no other names are allowed. */
  String name(long time) {
    update(time);
    return lastName;
  }

  String date(long time) {
    update(time);
    return lastDate;
  }

  private void update(long time) {
    long key = bySecond ? EventTime.seconds(time) : time;
    if (key == last) {
      return;
    }
    Bytes out = new Bytes(32);
    date.format(time, zone, out);
    String text = out.toString();
    last = key;
    if (!text.equals(lastDate)) {
      lastDate = text;
      lastName = (prefix + text).toLowerCase(Locale.ROOT);
    }
  }
}
