package io.runnel.cli;

import io.runnel.buffer.FoundChunk;
import io.runnel.host.Clock;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Reads chunks to their end and says what is damaged and how many events can be read.",
      "It judges as the daemon does when it resumes a buffer."
    },
    footer = {"", "Exit status: 0 all is sound, 1 something is damaged, 2 wrong usage."})
final class BufferVerifyCommand implements Callable<Integer> {
  @Mixin private final BufferSource source;

  private final List<Map<String, Object>> results = new ArrayList<>();
  private long events;
  private int damaged;

  BufferVerifyCommand(BufferSource source) {
    this.source = source;
  }

  @Override
  public Integer call() throws IOException {
    if (!source.json) {
      source.warnOfOwners();
    }
    List<FoundChunk> chunks = source.chunks();
    for (FoundChunk chunk : chunks) {
      try {
        report(chunk, chunk.check(source.trustTail));
      } catch (NoSuchFileException e) {
        continue; // delivered meanwhile
      }
    }
    if (source.json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("ok", damaged == 0);
      all.put("readable_events", events);
      all.put("damaged_chunks", damaged);
      all.put("chunks", results);
      source.out().print(Json.text(all));
    } else {
      source
          .out()
          .println(
              chunks.size()
                  + " chunks, "
                  + (damaged == 0 ? "all sound" : damaged + " damaged")
                  + ", "
                  + events
                  + " events can be read");
    }
    return damaged == 0 ? 0 : 1;
  }

  private void report(FoundChunk chunk, FoundChunk.Health health) {
    boolean ok = health.isSound() && chunk.metaFault() == null;
    damaged += ok ? 0 : 1;
    events += health.events();
    if (source.json) {
      Map<String, Object> one = ChunkText.json(chunk, Clock.system().millis());
      one.put("ok", ok);
      one.put("readable_events", health.events());
      one.put("sound_bytes", health.soundBytes());
      one.put("problem", health.problem());
      results.add(one);
    } else if (!ok) {
      source.out().println("damaged: " + chunk.file());
      if (chunk.metaFault() != null) {
        source.out().println("  metadata: " + chunk.metaFault());
      }
      if (!health.isSound()) {
        source.out().println("  content: " + health.problem());
      }
      long recorded = chunk.recordedEvents();
      source
          .out()
          .println(
              "  readable: %d%s events, %d of %d bytes"
                  .formatted(
                      health.events(),
                      recorded < 0 ? "" : " of " + recorded,
                      health.soundBytes(),
                      health.bytes()));
    }
  }
}
