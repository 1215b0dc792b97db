package io.runnel.plugins.tail;

import io.runnel.host.Clock;
import io.runnel.log.Log;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.Parser;
import java.util.function.UnaryOperator;

/** Puts the parts of a tail together. */
final class Tail {
  /**
   * What a tail needs from outside.
   *
   * @param firstLine tells first lines of multiline events; null where there is no such expression
   * @param multiline whether lines are gathered at all
   * @param groups null without {@code <group>}
   */
  record Parts(
      TailConfig config,
      Parser parser,
      boolean multiline,
      MultilineCollector.FirstLine firstLine,
      GroupLimits groups,
      LineEncoding encoding,
      UnaryOperator<String> dated,
      TailFiles files,
      Changes changes,
      Emitter emitter,
      TailMetrics metrics,
      Clock clock,
      Log log) {}

  private Tail() {}

  static TailLoop create(Parts parts, PositionFile positions, FileHeads heads) {
    TailConfig config = parts.config();
    LineEvents events =
        new LineEvents(
            parts.parser(),
            config.emitUnmatchedLines(),
            config.pathKey().orElse(null),
            parts.clock(),
            parts.log());
    BlockReader reader =
        new BlockReader(
            config,
            parts.encoding(),
            events,
            parts.emitter(),
            positions,
            parts.clock(),
            parts.log());
    ResumePoints resume = new ResumePoints(positions.saved(), heads);
    PathTag tag = new PathTag(config.tag());
    Tracker.FileFactory factory =
        (key, inode, origin) ->
            new TailedFile(
                key,
                inode,
                origin,
                tag.of(origin),
                parts.multiline()
                    ? new MultilineCollector(parts.firstLine(), events, parts.log())
                    : null,
                new ReadAllowance(
                    bytesPerSecond(config),
                    parts.groups() == null ? null : parts.groups().join(origin)));
    Tracker tracker =
        new Tracker(
            config,
            parts.files(),
            new PathExpander(config, parts.dated(), parts.files(), parts.log()),
            parts.changes(),
            resume,
            positions,
            factory,
            reader,
            parts.metrics(),
            parts.clock(),
            parts.log());
    return new TailLoop(
        config,
        tracker,
        reader,
        positions,
        resume,
        parts.emitter(),
        parts.metrics(),
        parts.clock(),
        parts.log());
  }

  private static long bytesPerSecond(TailConfig config) {
    long limit = config.readBytesLimitPerSecond().bytes();
    return limit < 0 ? -1 : Math.max(limit, ReadAllowance.LEAST_BYTES);
  }
}
