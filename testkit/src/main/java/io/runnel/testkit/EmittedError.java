package io.runnel.testkit;

import io.runnel.event.EventTime;
import java.util.Map;

/**
 * An event that was sent to the error stream.
 *
 * @param time packed {@link EventTime}
 */
public record EmittedError(String tag, long time, Map<String, Object> record, Throwable error) {}
