package io.runnel.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackWriter;
import io.runnel.host.Disk;
import io.runnel.testkit.FaultyDisk;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.fuzz.FuzzTarget;
import io.runnel.testkit.fuzz.FuzzTargets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/** What lies in a buffer directory: whatever it is, it is read as far as it is sound. */
public final class BufferFuzz implements FuzzTargets {
  private static final Path FILE = Path.of("/b/buffer.b1.log");
  private static final long LIMIT = 16 << 20;

  @Override
  public List<FuzzTarget> targets() {
    byte[] events = events(5);
    MetaFile.Content content =
        new MetaFile.Content(
            Metadata.of(17L, "a.b", Map.of("k", "v")), new byte[16], 5, 1_700_000_000, 1);
    byte[] meta = MetaFile.encode(content);
    byte[] header = ChunkSums.header(content, "boot");
    List<byte[]> none = List.of();
    return List.of(
        new FuzzTarget(
            "meta", List.of(meta, Arrays.copyOfRange(meta, 6, meta.length)), none, this::meta),
        new FuzzTarget("sums", List.of(header, sums(events, header)), none, this::sums),
        new FuzzTarget("chunk", chunks(events, header), none, this::chunk),
        new FuzzTarget("gzip", List.of(twice(Compression.GZIP, events)), none, this::gzip),
        new FuzzTarget("zstd", List.of(twice(Compression.ZSTD, events)), none, this::zstd),
        FuzzTarget.of(
            "chunk_name",
            List.of(
                "buffer.b5f0e1a2b3c4d5e6f708192a3b4c5d6e7.log",
                "fsb.a%2Fb.q5f0e1a2b3c4d5e6f708192a3b4c5d6e7.buf"),
            List.of("%", "%2F", "..", "/", ".b", ".q", ".meta", "fsb.", "\u00e9"),
            this::name));
  }

  private static byte[] events(int count) {
    Bytes out = new Bytes();
    MsgpackWriter writer = new MsgpackWriter(out);
    for (int i = 0; i < count; i++) {
      writer.arrayHeader(2);
      writer.eventTime(EventTime.pack(1_700_000_000, i));
      writer.value(Map.of("message", "line " + i, "n", i));
    }
    return out.toByteArray();
  }

  private static byte[] twice(Compression compression, byte[] events) {
    byte[] one = compression.compress(events, 0, events.length);
    return join(one, one);
  }

  private static byte[] join(byte[]... parts) {
    Bytes all = new Bytes();
    for (byte[] part : parts) {
      all.write(part);
    }
    return all.toByteArray();
  }

  /** Checksums of the content as of one append. */
  private static byte[] sums(byte[] content, byte[] header) {
    FaultyDisk disk = disk();
    Path file = Path.of("/b/sums");
    try {
      MetaFile.Content meta = SumsReader.of(header).meta();
      ChunkSums.write(
          disk, file, meta, "boot", null, new ByteArrayInputStream(content), content.length);
      return disk.readAll(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FaultyDisk disk() {
    FaultyDisk disk = new FaultyDisk(new Random(1), ManualClock.standard());
    disk.createDirectories(FILE.getParent(), null);
    return disk;
  }

  /** A byte for the kind, two for the length of the content, the content, the checksums. */
  private static List<byte[]> chunks(byte[] events, byte[] header) {
    byte[] gzip = twice(Compression.GZIP, events);
    byte[] lines = "one\ntwo\nthree\n".getBytes(StandardCharsets.US_ASCII);
    return List.of(
        parts(0, events, sums(events, header)),
        parts(0, events, new byte[0]),
        parts(1, events, sums(events, header)),
        parts(2, lines, sums(lines, header)),
        parts(3, gzip, sums(gzip, header)),
        parts(6, twice(Compression.ZSTD, events), new byte[0]));
  }

  private static byte[] parts(int kind, byte[] content, byte[] sums) {
    byte[] head = ByteBuffer.allocate(3).put((byte) kind).putShort((short) content.length).array();
    return join(head, content, sums);
  }

  private int meta(byte[] input) {
    try {
      MetaFile.Content content = MetaFile.decode(input);
      if (content.id() != null) {
        MetaFile.Content again = MetaFile.decode(MetaFile.encode(content));
        assertThat(again.created()).isEqualTo(content.created());
        assertThat(again.metadata().tag()).isEqualTo(content.metadata().tag());
      }
      return content.id() == null ? 1 : 2;
    } catch (MsgpackException e) {
      return FuzzTarget.outcome(e.getMessage());
    }
  }

  private int sums(byte[] input) {
    SumsReader sums = SumsReader.of(input);
    assertThat(sums.soundLength()).isBetween(0, input.length);
    assertThat(sums.totalLength()).isNotNegative();
    return (sums.meta() == null ? 100 : 0) + Math.min(50, sums.entries());
  }

  private int chunk(byte[] input) throws IOException {
    if (input.length < 3) {
      return 0;
    }
    int kind = Math.floorMod(input[0], 9);
    ChunkFormat format = ChunkFormat.values()[kind % 3];
    Compression compression = Compression.values()[kind / 3];
    int length = Math.min(input.length - 3, ByteBuffer.wrap(input, 1, 2).getShort() & 0xffff);
    byte[] sumsFile = Arrays.copyOfRange(input, 3 + length, input.length);
    SumsReader sums = sumsFile.length == 0 ? null : SumsReader.of(sumsFile);
    FaultyDisk disk = disk();
    put(disk, Arrays.copyOfRange(input, 3, 3 + length));
    ChunkCheck.Belief belief = ChunkCheck.Belief.values()[Math.floorMod(input[0] >> 4, 3)];
    ChunkCheck check = ChunkCheck.of(disk, FILE, sums, belief, format, compression);
    assertThat(check.length()).isBetween(0L, (long) length);
    assertThat(check.records()).isGreaterThanOrEqualTo(-1);
    if (check.problem() == null) {
      assertThat(check.length()).isEqualTo(length);
    }
    boolean readable = sums == null && check.length() > 0;
    if (readable) { // what was found sound is sound
      disk.delete(FILE);
      put(disk, Arrays.copyOfRange(input, 3, 3 + (int) check.length()));
      ChunkCheck again =
          ChunkCheck.of(disk, FILE, null, ChunkCheck.Belief.STRUCTURE, format, compression);
      assertThat(again.problem()).as("%s", check).isNull();
      if (format == ChunkFormat.EVENTS && check.records() >= 0) {
        ChunkEvents.Counter counter = new ChunkEvents.Counter();
        try (InputStream in = compression.open(disk.stream(FILE), LIMIT)) {
          ChunkEvents.read(in, format, counter);
          assertThat(counter.count()).isEqualTo(check.records());
        } catch (MsgpackException e) {
          assertThat(compression).isNotEqualTo(Compression.TEXT);
        }
      }
    }
    return FuzzTarget.outcome(check.problem()) * 31 + Math.min(20, check.records());
  }

  private static void put(FaultyDisk disk, byte[] content) throws IOException {
    try (Disk.AppendFile file = disk.append(FILE, null)) {
      file.append(content, 0, content.length);
    }
  }

  private int gzip(byte[] input) {
    byte[] ours;
    try (InputStream in = new GunzipStream(new ByteArrayInputStream(input), LIMIT)) {
      ours = in.readAllBytes();
    } catch (IOException e) {
      return FuzzTarget.outcome(e.getMessage());
    }
    if (input.length == 0) {
      return 1;
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(input))) {
      assertThat(in.readAllBytes()).isEqualTo(ours);
    } catch (IOException e) {
      throw new AssertionError("the JDK's own stream refuses it", e);
    }
    return 2 + Math.min(100, ours.length / 16);
  }

  private int zstd(byte[] input) {
    byte[] ours;
    try (InputStream in = new UnzstdStream(new ByteArrayInputStream(input), LIMIT)) {
      ours = in.readAllBytes();
    } catch (IOException e) {
      return FuzzTarget.outcome(e.getMessage());
    }
    try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(input))) {
      assertThat(in.readAllBytes()).isEqualTo(ours);
    } catch (IOException e) {
      throw new AssertionError("the library's own stream refuses it", e);
    }
    return 2 + Math.min(100, ours.length / 16);
  }

  /** A key comes back from the name that it gives, and never leads to another folder. */
  private int name(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    String encoded = FileLayout.encode(text);
    assertThat(encoded).doesNotContain("/").doesNotContain("\0");
    if (text.equals(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))) {
      assertThat(FileLayout.decode(encoded)).isEqualTo(text);
    }
    FileLayout layout = new FileLayout(Path.of("/b"), "fsb", "buf", List.of(), "tag");
    Path staged = layout.staged(new byte[16], text);
    assertThat(staged.normalize().getParent()).isEqualTo(Path.of("/b"));
    if (text.indexOf('\0') >= 0 || text.indexOf('/') >= 0) {
      return 1;
    }
    FileLayout.Name name = layout.parse(Path.of("/b", "x" + text).resolveSibling(text + "x"));
    assertThat(layout.parse(staged).key()).isEqualTo(FileLayout.decode(encoded));
    return name == null ? 2 : 3;
  }
}
