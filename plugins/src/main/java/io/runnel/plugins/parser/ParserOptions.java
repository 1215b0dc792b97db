package io.runnel.plugins.parser;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.TimeConfig;
import io.runnel.regexp.Regexp;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The parameters that all parsers share; in their records it stands as an inline component. */
public record ParserOptions(
    @Inline TimeConfig time,
    @Doc("Types of fields: name to string, integer, float, bool, time or array.")
        Map<String, String> types,
    @Doc("The field that holds the time of the event.") Optional<String> timeKey,
    @Doc("Values that match become null.") Optional<Regexp> nullValuePattern,
    @Doc("Empty values become null.") @Default("false") boolean nullEmptyString,
    @Doc("An event without a time gets the current time.") @Default("true")
        boolean estimateCurrentEvent,
    @Doc("The field of the time stays in the record.") @Default("false") boolean keepTimeKey,
    @Doc("Longest time that parsing one text may take.") Optional<Duration> timeout) {

  ParserOptions withTime(TimeConfig other) {
    return new ParserOptions(
        other,
        types,
        timeKey,
        nullValuePattern,
        nullEmptyString,
        estimateCurrentEvent,
        keepTimeKey,
        timeout);
  }
}
