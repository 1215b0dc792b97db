package io.runnel.plugins.tail;

import io.runnel.config.ByteSize;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.PluginSection;
import io.runnel.config.Required;
import io.runnel.regexp.Regexp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parameters of the tail input. */
@Doc("Follows text files and turns each line into an event.")
public record TailConfig(
    @Doc("Paths of the files, with * as wildcard and strftime letters.") String path,
    @Doc("What separates several paths.") @Default(",") String pathDelimiter,
    @Doc("Which characters make a path a glob.") @Default("backward_compatible")
        GlobPolicy globPolicy,
    @Doc("Tag of the events; * is replaced by the path.") String tag,
    @Doc("Paths that are left out, as globs.") @Default("[]") List<String> excludePath,
    @Doc("How long a rotated file is read on after its last growth.") @Default("5")
        Duration rotateWait,
    @Doc("File that keeps the positions.") Optional<String> posFile,
    @Doc("How often unwatched entries are removed from pos_file.")
        Optional<Duration> posFileCompactionInterval,
    @Doc("Reads files found at the start from their beginning.") @Default("false")
        boolean readFromHead,
    @Doc("How often the paths are expanded again.") @Default("60") Duration refreshInterval,
    @Doc("Most lines that are emitted at once.") @Default("1000") int readLinesLimit,
    @Doc("Most bytes read from one file in a second; -1 for no limit.") @Default("-1")
        ByteSize readBytesLimitPerSecond,
    @Doc("After which time without a new line gathered lines are emitted (multiline).")
        Optional<Duration> multilineFlushInterval,
    @Doc("Emits lines that do not parse as {\"unmatched_line\": LINE}.") @Default("false")
        boolean emitUnmatchedLines,
    @Doc("Looks at every file once a second.") @Default("true") boolean enableWatchTimer,
    @Doc("Lets the operating system report changes.") @Default("true") boolean enableStatWatcher,
    @Doc("Encoding of the lines as they are emitted.") Optional<String> encoding,
    @Doc("Encoding of the files.") Optional<String> fromEncoding,
    @Doc("Field that is given the path of the file.") Optional<String> pathKey,
    @Doc("Opens a file for each read instead of keeping it open.") @Default("false")
        boolean openOnEveryUpdate,
    @Doc("Leaves out files found by a glob that were last written longer ago.")
        Optional<Duration> limitRecentlyModified,
    @Doc("Waits one refresh_interval before the first look.") @Default("false")
        boolean skipRefreshOnStartup,
    @Doc("Warns about an unreadable file only once.") @Default("false")
        boolean ignoreRepeatedPermissionError,
    @Doc("Time zone of the strftime letters in paths.") Optional<String> pathTimezone,
    @Doc("Keeps the positions by inode, so that renamed files are not read again.")
        @Default("false")
        boolean followInodes,
    @Doc("Longer lines are skipped.") Optional<ByteSize> maxLineSize,
    @Doc("Limits of lines for groups of files.") Optional<Group> group,
    @Doc("How a line is read.") PluginSection parse) {

  /** Which characters make a path a glob. */
  public enum GlobPolicy {
    /** Only a path with {@code *}. */
    BACKWARD_COMPATIBLE,
    /** Also {@code ?} and {@code []}. */
    EXTENDED,
    /** Also <code>{}</code>; needs another path_delimiter than the comma. */
    ALWAYS
  }

  /**
   * {@code <group>}.
   *
   * @param pattern named groups are what the rules look at
   */
  @Doc("Limits of lines for groups of files.")
  public record Group(
      @Doc("Named groups of this expression, taken from the path, choose the rule.")
          @Default(
              "/^\\/var\\/log\\/containers\\/(?<podname>[a-z0-9]([-a-z0-9]*[a-z0-9])?"
                  + "(\\/[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)_(?<namespace>[^_]+)_(?<container>.+)"
                  + "-(?<docker_id>[a-z0-9]{64})\\.log$/")
          Regexp pattern,
      @Doc("The period for which the limits count.") @Default("5") Duration ratePeriod,
      @Doc("Limits, the more specific ones first.") @Required List<Rule> rule) {}

  /** {@code <rule>}. */
  @Doc("A limit for the files whose groups match.")
  public record Rule(
      @Doc("Expressions by the name of the group.")
          @Default("{\"namespace\":[\"/.*/\"],\"podname\":[\"/.*/\"]}")
          Map<String, Object> match,
      @Doc("Lines in a period for all files together; -1 for no limit, 0 for none.") @Default("-1")
          long limit) {}
}
