package io.runnel.event;

import java.util.Map;

/**
 * One decoded event of a stream.
 *
 * @param time packed {@link EventTime}
 * @param record ordered, mutable; values as {@link MsgpackWriter#value} takes them
 */
public record Event(long time, Map<String, Object> record) {}
