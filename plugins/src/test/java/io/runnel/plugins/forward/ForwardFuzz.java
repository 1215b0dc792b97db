package io.runnel.plugins.forward;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.host.MemoryBudget;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.plugins.BytesConnection;
import io.runnel.plugins.common.AddedFields;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.fuzz.FuzzTarget;
import io.runnel.testkit.fuzz.FuzzTargets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** What a forward client sends, in all modes. */
public final class ForwardFuzz implements FuzzTargets {
  private static final long BUDGET = 32 << 20;

  @Override
  public List<FuzzTarget> targets() {
    byte[] array = entries();
    byte[] packed = Arrays.copyOfRange(array, 1, array.length);
    byte[] gzip = gzip(packed);
    byte[] zstd = Zstd.compress(packed);
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(message(array, null));
    seeds.add(message(packed, "text"));
    seeds.add(message(gzip, "gzip"));
    seeds.add(message(zstd, "zstd"));
    seeds.addAll(
        FuzzTarget.bytes(
            List.of(
                "[\"t\",17,{\"a\":1}] [\"t\",[[17,{\"b\":2}]]]",
                "\u00c0\u0093\u00a1t\u0011\u0080")));
    List<byte[]> tokens =
        FuzzTarget.bytes(
            List.of(
                "\u0092",
                "\u0093",
                "\u0094",
                "\u00d7\0",
                "\u0081",
                "\u00c4\u0001",
                "\u00db\0\0\0\u0001",
                "\u00dd\u00ff\u00ff\u00ff\u00ff",
                "\u00a5chunk",
                "\u00a4size",
                "\u00aacompressed",
                "\u00a4gzip",
                "\u00a4zstd",
                "\u00c1",
                "\u00c0",
                "[",
                "{",
                "\""));
    return List.of(
        new FuzzTarget("forward", seeds, tokens, this::receive),
        new FuzzTarget("forward_entries", List.of(packed), tokens, this::walk));
  }

  /** An array of two entries; without its first byte the content of a PackedForward message. */
  private static byte[] entries() {
    Bytes out = new Bytes();
    MsgpackWriter writer = new MsgpackWriter(out);
    writer.arrayHeader(2);
    for (int i = 0; i < 2; i++) {
      writer.arrayHeader(2);
      writer.eventTime(EventTime.pack(1_700_000_000, i));
      writer.value(Map.of("n", (long) i, "text", "some words"));
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(data);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  /**
   * @param compressed the option of packed modes; null for Forward mode
   */
  private static byte[] message(byte[] content, String compressed) {
    Bytes out = new Bytes();
    MsgpackWriter writer = new MsgpackWriter(out);
    writer.arrayHeader(3);
    writer.string("tag.x");
    if (compressed == null) {
      writer.raw(content, 0, content.length);
      writer.value(Map.of("chunk", "abc"));
    } else {
      writer.binary(content, 0, content.length);
      writer.value(Map.of("chunk", "abc", "compressed", compressed, "size", 2L));
    }
    return out.toByteArray();
  }

  /** In small pieces and as a whole the same events come out. */
  private int receive(byte[] input) {
    List<Emitted> whole = new ArrayList<>();
    int outcome = take(input, null, whole);
    List<Emitted> inPieces = new ArrayList<>();
    int same = take(input, new Random(Arrays.hashCode(input)), inPieces);
    assertThat(inPieces.toString()).isEqualTo(whole.toString());
    assertThat(same).isEqualTo(outcome);
    return outcome * 31 + Math.min(10, whole.size());
  }

  private static int take(byte[] input, Random pieces, List<Emitted> events) {
    MemoryBudget budget = new MemoryBudget(BUDGET);
    ForwardPolicy policy = new ForwardPolicy(null, null, true, true, 1 << 20, 0, true, false);
    int outcome = 1;
    try (TestContext context = new TestContext(new BuiltinPlugins())) {
      context.clock(ManualClock.standard());
      BytesConnection connection = new BytesConnection(input, pieces);
      ForwardFrames frames = new ForwardFrames(budget, 0);
      ForwardReceiver receiver =
          new ForwardReceiver(context, policy, connection, frames, AddedFields.NONE);
      try {
        receiver.takeAll(() -> false);
      } catch (IOException e) {
        outcome = FuzzTarget.outcome(e.getMessage());
        receiver.flush();
      } finally {
        frames.close();
      }
      events.addAll(context.emitter().events());
      outcome = outcome * 31 + context.log().lines().size();
    }
    assertThat(budget.take(BUDGET)).as("all of the budget is given back").isTrue();
    return outcome;
  }

  /** What is found to be whole can be decoded. */
  private int walk(byte[] input) {
    Entries.Walk walk = new Entries.Walk();
    int fault = walk.over(input, 0, input.length);
    assertThat(walk.end()).isBetween(0, input.length);
    if (fault == 0) {
      assertThat(walk.end()).isEqualTo(input.length);
    }
    MsgpackReader reader = new MsgpackReader(input, 0, walk.end());
    int count = 0;
    try {
      while (reader.hasMore()) {
        assertThat(reader.readArrayHeader()).isEqualTo(2);
        reader.readTime();
        reader.skipDecodable();
        assertThat(walk.ends()[count]).isEqualTo(reader.position());
        count++;
      }
    } catch (MsgpackException e) {
      throw new AssertionError("entries that were found right", e);
    }
    assertThat(count).isEqualTo(walk.count());
    return -fault * 100 + Math.min(50, count);
  }
}
