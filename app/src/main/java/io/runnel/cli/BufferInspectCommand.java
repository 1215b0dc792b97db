package io.runnel.cli;

import io.runnel.buffer.FoundChunk;
import io.runnel.event.Bytes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the events of chunks: time, tag and record, or with --json one object for each.",
      "Of a damaged chunk those before the damage."
    },
    footer = {"", "Exit status: 0 all shown, 1 some chunk is damaged, 2 wrong usage."})
final class BufferInspectCommand implements Callable<Integer> {
  @Mixin private final BufferSource source;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "COUNT",
      defaultValue = "100",
      description = "Events to print; 0 for all (${DEFAULT-VALUE}).")
  private long limit;

  private long shown;

  BufferInspectCommand(BufferSource source) {
    this.source = source;
  }

  @Override
  public Integer call() throws IOException {
    if (limit < 0) {
      throw source.wrong("--limit may not be negative");
    }
    source.warnOfOwners();
    boolean damaged = false;
    for (FoundChunk chunk : source.chunks()) {
      if (limit > 0 && shown >= limit) {
        source.err().println("note: only " + limit + " events are shown; --limit 0 shows all");
        break;
      }
      damaged |= !show(chunk);
    }
    source.out().flush();
    return damaged ? 1 : 0;
  }

  /** False where the chunk is damaged. */
  private boolean show(FoundChunk chunk) throws IOException {
    try {
      FoundChunk.Health health = chunk.check(source.trustTail);
      Bytes line = new Bytes();
      chunk.events(
          health.soundBytes(),
          (time, bytes, offset, length) -> {
            line.clear();
            String tag = chunk.metadata().tag();
            if (source.json) {
              EventLines.json(chunk.hexId(), tag, time, bytes, offset, length, line);
            } else {
              EventLines.plain(tag, time, bytes, offset, length, line);
            }
            line.writeTo(source.out());
            shown++;
            return limit == 0 || shown < limit;
          });
      if (!health.isSound()) {
        source.err().println("damaged: " + chunk.file() + ": " + health.problem());
      }
      return health.isSound();
    } catch (NoSuchFileException e) {
      return true; // delivered meanwhile
    }
  }
}
