package io.runnel.plugin;

import io.runnel.event.EventStream;

/** Events of one tag on their way to an output. */
public record TaggedStream(String tag, EventStream stream) {}
