package io.runnel.connectors.elasticsearch;

import java.util.Optional;

/**
 * The names that placeholders may stand in, for one chunk (or, in the dynamic output, for one
 * record), placeholders replaced.
 *
 * @param type the type of old versions; may be null
 */
record Names(
    String logstashPrefix,
    String logstashDateformat,
    String index,
    String type,
    Optional<String> pipeline,
    String application) {}
