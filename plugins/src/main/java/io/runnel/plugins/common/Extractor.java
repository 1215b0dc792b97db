package io.runnel.plugins.common;

import io.runnel.event.EventTime;
import io.runnel.plugin.PluginContext;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;
import java.util.Map;
import java.util.Optional;

/**
 * Takes the tag and the time of events out of their records, as {@code <extract>} says. Immutable,
 * safe for use by several threads at once.
 */
public final class Extractor {
  private final String tagKey;
  private final boolean keepTagKey;
  private final String timeKey;
  private final boolean keepTimeKey;
  private final TimeParser timeParser;

  private Extractor(ExtractConfig config, PluginContext context) {
    tagKey = config == null ? null : config.tagKey().orElse(null);
    keepTagKey = config != null && config.keepTagKey();
    timeKey = config == null ? null : config.timeKey().orElse(null);
    keepTimeKey = config != null && config.keepTimeKey();
    timeParser = timeKey == null ? null : config.time().parser(context.clock());
  }

  /** The extractor of a section, or one that takes nothing. */
  public static Extractor of(Optional<ExtractConfig> section, PluginContext context) {
    return new Extractor(section.orElse(null), context);
  }

  /** True where nothing is taken, so that records need not be decoded. */
  public boolean isEmpty() {
    return tagKey == null && timeKey == null;
  }

  /**
   * The tag in a record, which loses the field unless it is to be kept.
   *
   * @param record mutable
   * @return null where there is none
   */
  public String tag(Map<String, Object> record) {
    if (tagKey == null || !record.containsKey(tagKey)) {
      return null;
    }
    Object value = keepTagKey ? record.get(tagKey) : record.remove(tagKey);
    return FieldText.of(value);
  }

  /**
   * The time in a record, which loses the field unless it is to be kept.
   *
   * @param record mutable
   * @return packed EventTime; {@link EventTime#NONE} where there is none
   * @throws TimeParseException where the field is no time
   */
  public long time(Map<String, Object> record) throws TimeParseException {
    if (timeKey == null || !record.containsKey(timeKey)) {
      return EventTime.NONE;
    }
    Object value = keepTimeKey ? record.get(timeKey) : record.remove(timeKey);
    return value instanceof EventTime time ? time.pack() : timeParser.parse(FieldText.of(value));
  }
}
