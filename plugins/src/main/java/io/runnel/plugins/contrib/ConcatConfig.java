package io.runnel.plugins.contrib;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Name;
import io.runnel.regexp.Regexp;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The parameters of the filter concat. */
@Doc("Joins the lines of a message that came as several events.")
record ConcatConfig(
    @Doc("The field whose texts are joined.") Optional<String> key,
    @Doc("Stands between the texts.") @Default("\n") String separator,
    @Doc("How many events make a message.") Optional<Integer> nLines,
    @Doc("What the first text of a message matches.") Optional<Regexp> multilineStartRegexp,
    @Doc("What the last text of a message matches.") Optional<Regexp> multilineEndRegexp,
    @Doc("What the other texts of a message match.") Optional<Regexp> continuousLineRegexp,
    @Doc("The field that tells streams with the same tag apart.")
        Optional<String> streamIdentityKey,
    @Doc("How long the rest of a message is waited for; 0 for ever.") @Default("60")
        Duration flushInterval,
    @Doc("The label to which messages without an end go; the error stream where absent.")
        Optional<String> timeoutLabel,
    @Doc("A message has the time of its first event.") @Default("false") boolean useFirstTimestamp,
    @Doc("The field that tells whether an event is a part.") Optional<String> partialKey,
    @Doc("Its value in a part that is not the last.") Optional<String> partialValue,
    @Doc("Keeps the field of partial_key.") @Default("false") boolean keepPartialKey,
    @Doc("Joins by the fields that Docker's log drivers add.") @Default("false")
        boolean usePartialMetadata,
    @Doc("Which driver's names these fields have.") @Default("docker-fluentd")
        Format partialMetadataFormat,
    @Doc("Keeps these fields.") @Default("false") boolean keepPartialMetadata,
    @Doc("Joins by the flag of CRI logs.") @Default("false") boolean usePartialCriLogtag,
    @Doc("The field of this flag, P or F.") Optional<String> partialCriLogtagKey,
    @Doc("The field that holds stdout or stderr; it is removed.") @Default("stream")
        String partialCriStreamKey,
    @Doc("Longest message that is joined by partial_key.") @Default("500k")
        ByteSize bufferLimitSize,
    @Doc("What becomes of a longer one: it is joined all the same, cut, dropped, or goes on anew.")
        @Default("ignore")
        Overflow bufferOverflowMethod) {

  /** {@code buffer_overflow_method}. */
  enum Overflow {
    IGNORE,
    TRUNCATE,
    DROP,
    NEW
  }

  /** {@code partial_metadata_format}. */
  enum Format {
    @Name("docker-fluentd")
    DOCKER_FLUENTD("partial_"),
    @Name("docker-journald")
    DOCKER_JOURNALD("CONTAINER_PARTIAL_"),
    @Name("docker-journald-lowercase")
    DOCKER_JOURNALD_LOWERCASE("container_partial_");

    private final String prefix;

    Format(String prefix) {
      this.prefix = prefix;
    }

    /** The name of a field: {@code message}, {@code id}, {@code ordinal} or {@code last}. */
    String field(String name) {
      return this == DOCKER_JOURNALD
          ? prefix + name.toUpperCase(java.util.Locale.ROOT)
          : prefix + name;
    }
  }

  ConcatConfig {
    if (key.isEmpty()) {
      throw new ConfigException("'key' parameter is required");
    }
    boolean byPattern = multilineStartRegexp.isPresent() || multilineEndRegexp.isPresent();
    if (nLines.isPresent() && byPattern) {
      throw new ConfigException(
          "n_lines and multiline_start_regexp/multiline_end_regexp are exclusive");
    }
    if (nLines.isPresent() && nLines.get() < 1) {
      throw new ConfigException("n_lines must be 1 or more");
    }
    List<Boolean> ways =
        Stream.of(
                nLines.isPresent(),
                byPattern,
                partialKey.isPresent(),
                usePartialMetadata,
                usePartialCriLogtag)
            .filter(way -> way)
            .toList();
    if (ways.isEmpty()) {
      throw new ConfigException(
          "Either n_lines, multiline_start_regexp, multiline_end_regexp, partial_key,"
              + " use_partial_metadata or use_partial_cri_logtag is required");
    }
    if (ways.size() > 1) {
      throw new ConfigException(
          "n_lines, multiline_start_regexp/multiline_end_regexp, partial_key,"
              + " use_partial_metadata and use_partial_cri_logtag are exclusive");
    }
    if (partialKey.isPresent() && partialValue.isEmpty()) {
      throw new ConfigException("partial_value is required when partial_key is specified");
    }
    if (usePartialCriLogtag && partialCriLogtagKey.isEmpty()) {
      throw new ConfigException(
          "partial_cri_logtag_key is required when use_partial_cri_logtag is specified");
    }
  }
}
