package io.runnel.buffer;

import java.util.Map;
import java.util.Objects;

/**
 * What the events of one chunk have in common.
 *
 * @param timekey start of the time slice, seconds since the epoch; null without chunk key {@code
 *     time}
 * @param tag null without chunk key {@code tag}
 * @param variables values of the other chunk keys by name, null where a record has no such field;
 *     null without such keys
 * @param seq Fluentd's number for several chunks of equal keys; 0 in chunks that are made here
 */
public record Metadata(Long timekey, String tag, Map<String, Object> variables, int seq) {
  /** The metadata of chunks of a buffer without chunk keys. */
  public static final Metadata NONE = new Metadata(null, null, null, 0);

  public static Metadata of(Long timekey, String tag, Map<String, Object> variables) {
    return new Metadata(timekey, tag, variables, 0);
  }

  /**
   * Written out, as hashCode: what a record has by itself is made at run time, at the first use.
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof Metadata that
        && that.seq == seq
        && Objects.equals(that.timekey, timekey)
        && Objects.equals(that.tag, tag)
        && Objects.equals(that.variables, variables);
  }

  @Override
  public int hashCode() {
    int hash = 31 * Objects.hashCode(timekey) + Objects.hashCode(tag);
    return 31 * (31 * hash + Objects.hashCode(variables)) + seq;
  }
}
