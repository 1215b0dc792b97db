package io.runnel.cli;

import io.runnel.buffer.ChunkCopy;
import io.runnel.buffer.FoundChunk;
import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import io.runnel.host.Disk;
import io.runnel.host.OwnerLocks;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "salvage",
    mixinStandardHelpOptions = true,
    description = {
      "Writes what can be read of chunks to a new buffer directory or a file, and sets the damaged"
          + " rest aside. The chunks themselves stay as they are.",
      "The daemon that uses the buffer must be stopped: it does the same when it starts."
    },
    footer = {"", "Exit status: 0 all was sound, 1 something is damaged, 2 wrong usage."})
final class BufferSalvageCommand implements Callable<Integer> {
  /** What is logged is not everybody's. */
  static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-r-----");

  @Mixin private final BufferSource source;

  @ArgGroup(multiplicity = "1")
  private Target target;

  /** Where to. */
  static final class Target {
    @Option(
        names = "--into",
        paramLabel = "DIR",
        description = "A new buffer directory, or a path with .*. for the chunks.")
    private Path into;

    @Option(
        names = "--json-lines",
        paramLabel = "FILE",
        description = "A new file of JSON objects: chunk, tag, time, record.")
    private Path jsonLines;

    @Option(
        names = "--msgpack",
        paramLabel = "FILE",
        description = "A new file of forward messages [tag, time, record] back to back.")
    private Path msgpack;
  }

  @Option(
      names = "--aside",
      paramLabel = "DIR",
      description = "Folder of the damaged parts; TARGET.damaged where not given.")
  private Path aside;

  private final List<Map<String, Object>> results = new ArrayList<>();
  private long events;
  private int damaged;

  BufferSalvageCommand(BufferSource source) {
    this.source = source;
  }

  @Override
  public Integer call() throws IOException {
    OwnerLocks locks = new OwnerLocks("runnel buffer salvage", "command line");
    try (BufferSource.Claims claims = source.claim(locks)) {
      List<FoundChunk> chunks = source.chunks();
      if (target.into != null) {
        requireNew(target.into);
        claims.add(locks.claim(target.into.toAbsolutePath(), "buffer"));
        ChunkCopy copy = new ChunkCopy(Disk.local(), target.into, PRIVATE);
        each(chunks, copy, (chunk, health) -> copy.copy(chunk, health));
      } else {
        Path file = target.jsonLines != null ? target.jsonLines : target.msgpack;
        ChunkCopy copy = new ChunkCopy(Disk.local(), file.toAbsolutePath().getParent(), PRIVATE);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PRIVATE));
        try (FileOutputStream sink = new FileOutputStream(file.toFile());
            OutputStream out = new BufferedOutputStream(sink, 1 << 16)) {
          each(chunks, copy, (chunk, health) -> write(chunk, health, out));
          out.flush();
          sink.getFD().sync();
        }
      }
    }
    report();
    return damaged == 0 ? 0 : 1;
  }

  /** Does with the sound part of a chunk what was asked for. */
  private interface Saver {
    void save(FoundChunk chunk, FoundChunk.Health health) throws IOException;
  }

  private void requireNew(Path directory) throws IOException {
    Path folder = BufferSource.folderOf(directory);
    if (Files.isDirectory(directory)) {
      try (var entries = Files.newDirectoryStream(folder)) {
        if (entries.iterator().hasNext()) {
          throw new IOException(
              directory
                  + " is not empty; a new buffer directory is needed (replay --into adds to"
                  + " one in use)");
        }
      }
    }
  }

  private void each(List<FoundChunk> chunks, ChunkCopy copy, Saver saver) throws IOException {
    for (FoundChunk chunk : chunks) {
      try {
        FoundChunk.Health health = chunk.check(source.trustTail);
        if (health.soundBytes() > 0) {
          saver.save(chunk, health);
        }
        Path rest = health.isSound() ? null : copy.setAside(chunk, health, asideFolder());
        events += health.events();
        damaged += health.isSound() ? 0 : 1;
        result(chunk, health, rest);
      } catch (NoSuchFileException e) {
        throw new IOException(chunk.file() + " vanished: does a daemon use this buffer?", e);
      }
    }
  }

  private Path asideFolder() {
    if (aside != null) {
      return aside.toAbsolutePath();
    }
    Path to =
        target.into != null
            ? target.into
            : target.jsonLines != null ? target.jsonLines : target.msgpack;
    String name = to.getFileName().toString().replace(".*.", ".");
    return to.toAbsolutePath().resolveSibling(name + ".damaged");
  }

  private void write(FoundChunk chunk, FoundChunk.Health health, OutputStream out)
      throws IOException {
    Bytes line = new Bytes();
    String tag = chunk.metadata().tag();
    chunk.events(
        health.soundBytes(),
        (time, bytes, offset, length) -> {
          line.clear();
          if (target.jsonLines != null) {
            EventLines.json(chunk.hexId(), tag, time, bytes, offset, length, line);
          } else {
            MsgpackWriter writer = new MsgpackWriter(line);
            writer.arrayHeader(3);
            writer.string(tag == null ? "" : tag);
            writer.eventTime(
                time == EventTime.NONE ? EventTime.ofMillis(chunk.createdMillis()) : time);
            writer.raw(bytes, offset, length);
          }
          line.writeTo(out);
          return true;
        });
  }

  private void result(FoundChunk chunk, FoundChunk.Health health, Path rest) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("file", chunk.file().toString());
    one.put("tag", chunk.metadata().tag());
    one.put("saved_events", health.events());
    one.put("saved_bytes", health.soundBytes());
    one.put("damaged_bytes", health.bytes() - health.soundBytes());
    one.put("problem", health.problem());
    one.put("damaged_part", rest == null ? null : rest.toString());
    results.add(one);
    if (!source.json && rest != null) {
      source.out().println("damaged: " + chunk.file() + ": " + health.problem());
      source.out().println("  " + health.events() + " events saved, the rest is in " + rest);
    }
  }

  private void report() {
    if (source.json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("ok", damaged == 0);
      all.put("saved_events", events);
      all.put("damaged_chunks", damaged);
      all.put("chunks", results);
      source.out().print(Json.text(all));
    } else {
      source
          .out()
          .println(
              events
                  + " events of "
                  + results.size()
                  + " chunks saved"
                  + (damaged == 0 ? "" : ", " + damaged + " chunks were damaged"));
    }
  }
}
