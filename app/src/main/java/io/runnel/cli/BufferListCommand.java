package io.runnel.cli;

import io.runnel.buffer.FoundChunk;
import io.runnel.host.Clock;
import io.runnel.host.OwnerLocks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "list",
    aliases = "ls",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the chunks of file buffers with their keys, size, events and age.",
      "Checksums: none (Fluentd's), complete, behind (content without a checksum, as after a crash),"
          + " ahead (content is missing), damaged."
    })
final class BufferListCommand implements Callable<Integer> {
  @Mixin private final BufferSource source;

  BufferListCommand(BufferSource source) {
    this.source = source;
  }

  @Override
  public Integer call() throws IOException {
    List<FoundChunk> chunks = source.chunks();
    List<OwnerLocks.Owner> owners = source.owners();
    long now = Clock.system().millis();
    if (source.json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("used_by", owners.stream().map(BufferListCommand::owner).toList());
      result.put("chunks", chunks.stream().map(chunk -> ChunkText.json(chunk, now)).toList());
      source.out().print(Json.text(result));
      return 0;
    }
    source.warnOfOwners();
    if (chunks.isEmpty()) {
      source.out().println("no chunks");
      return 0;
    }
    List<String[]> rows = new ArrayList<>();
    rows.add(
        new String[] {"CHUNK", "STATE", "EVENTS", "SIZE", "AGE", "CHECKSUMS", "METADATA", "KEYS"});
    long bytes = 0;
    for (FoundChunk chunk : chunks) {
      bytes += chunk.bytes();
      rows.add(
          new String[] {
            chunk.hexId(),
            ChunkText.state(chunk),
            chunk.recordedEvents() < 0 ? "?" : Long.toString(chunk.recordedEvents()),
            StatusText.bytes(chunk.bytes()),
            StatusText.duration(ChunkText.age(chunk, now)),
            chunk.checksums().text(),
            chunk.metaFault() == null ? "ok" : chunk.metaFault().replaceFirst(":.*", ""),
            ChunkText.keys(chunk.metadata())
          });
    }
    source.out().print(Table.text(rows));
    source.out().println(chunks.size() + " chunks, " + StatusText.bytes(bytes));
    return 0;
  }

  private static Map<String, Object> owner(OwnerLocks.Owner owner) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("instance", owner.instance());
    one.put("pid", owner.pid());
    one.put("config", owner.configFile());
    return one;
  }
}
