package io.runnel.cli;

import io.runnel.buffer.ChunkCopy;
import io.runnel.buffer.FoundChunk;
import io.runnel.host.Disk;
import io.runnel.host.OwnerLocks;
import io.runnel.plugins.output.ForwardSender;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Sends the events of chunks to a forward server, or puts the chunks into the buffer directory"
          + " of a stopped daemon, which delivers them at its next start.",
      "The daemon that uses the chunks must be stopped. They stay where they are: remove them when"
          + " the events have arrived, or they are delivered again."
    },
    footer = {
      "",
      "Exit status: 0 all was taken over, 1 not all (damage, no tag, no ack), 2 wrong usage."
    })
final class BufferReplayCommand implements Callable<Integer> {
  @Mixin private final BufferSource source;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Where where;

  /** Where to. */
  static final class Where {
    @ArgGroup(exclusive = false)
    private ReplayTarget forward;

    @Option(
        names = "--into",
        paramLabel = "DIR",
        description = "A buffer directory, or a path with .*. for the chunks.")
    private Path into;
  }

  @Option(
      names = "--as",
      paramLabel = "TAG",
      description = "Send all events with this tag instead of that of their chunk.")
  private String tag;

  @Option(
      names = "--as-messages",
      description =
          "Send chunks of formatted text, too: a record with 'message' for each line, with the time"
              + " of the chunk.")
  private boolean asMessages;

  private final List<Map<String, Object>> results = new ArrayList<>();
  private long events;
  private int incomplete;

  BufferReplayCommand(BufferSource source) {
    this.source = source;
  }

  @Override
  public Integer call() throws IOException {
    if (where.into == null && where.forward.address == null) {
      throw source.wrong("--to HOST:PORT or --into DIR is needed");
    }
    OwnerLocks locks = new OwnerLocks("runnel buffer replay", "command line");
    IOException failure = null;
    try (BufferSource.Claims claims = source.claim(locks)) {
      List<FoundChunk> chunks = source.chunks();
      try {
        if (where.into != null) {
          claims.add(locks.claim(where.into.toAbsolutePath(), "buffer"));
          copy(chunks);
        } else {
          forward(chunks);
        }
      } catch (IOException e) {
        failure = e;
      }
      report(chunks.size());
    }
    if (failure != null) {
      throw failure;
    }
    return incomplete == 0 ? 0 : 1;
  }

  private void copy(List<FoundChunk> chunks) throws IOException {
    ChunkCopy copy = new ChunkCopy(Disk.local(), where.into, BufferSalvageCommand.PRIVATE);
    for (FoundChunk chunk : chunks) {
      FoundChunk.Health health = chunk.check(source.trustTail);
      try {
        if (health.soundBytes() > 0) {
          copy.copy(chunk, health);
        }
        done(chunk, health, health.events());
      } catch (FileAlreadyExistsException e) {
        refused(chunk, "it is there already: " + e.getFile());
      }
    }
  }

  private void forward(List<FoundChunk> chunks) throws IOException {
    try (ForwardSender sender = where.forward.connect()) {
      ChunkReplay replay = new ChunkReplay(sender, tag, asMessages);
      for (FoundChunk chunk : chunks) {
        String refusal = replay.refusal(chunk);
        if (refusal != null) {
          refused(chunk, refusal);
          continue;
        }
        FoundChunk.Health health = chunk.check(source.trustTail);
        done(chunk, health, replay.send(chunk, health));
      }
    }
  }

  private void done(FoundChunk chunk, FoundChunk.Health health, long sent) {
    events += sent;
    incomplete += health.isSound() ? 0 : 1;
    result(chunk, true, sent, health.problem());
  }

  private void refused(FoundChunk chunk, String why) {
    incomplete++;
    result(chunk, false, 0, why);
  }

  private void result(FoundChunk chunk, boolean taken, long sent, String problem) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("file", chunk.file().toString());
    one.put("taken", taken);
    one.put("events", sent);
    one.put("problem", problem);
    results.add(one);
    if (!source.json && problem != null) {
      source
          .out()
          .println((taken ? "only in part: " : "not sent: ") + chunk.file() + ": " + problem);
    }
  }

  private void report(int chunks) {
    long taken = results.stream().filter(one -> Boolean.TRUE.equals(one.get("taken"))).count();
    if (source.json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("ok", incomplete == 0 && taken == chunks);
      all.put("events", events);
      all.put("chunks_taken", taken);
      all.put("chunks", results);
      source.out().print(Json.text(all));
      return;
    }
    source
        .out()
        .println("%d events of %d of %d chunks taken over".formatted(events, taken, chunks));
    if (taken < chunks && taken > 0) {
      results.stream()
          .filter(one -> Boolean.TRUE.equals(one.get("taken")))
          .forEach(one -> source.out().println("  done: " + one.get("file")));
    }
  }
}
