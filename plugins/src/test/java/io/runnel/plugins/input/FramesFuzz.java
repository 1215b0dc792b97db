package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.host.MemoryBudget;
import io.runnel.plugins.BytesConnection;
import io.runnel.testkit.fuzz.FuzzTarget;
import io.runnel.testkit.fuzz.FuzzTargets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Messages of tcp and syslog, by delimiter and by count of octets. */
public final class FramesFuzz implements FuzzTargets {
  private static final long LIMIT = 100;

  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "frames_delimited",
            List.of("one\r\ntwo\r\n\r\nthree"),
            List.of("\r\n", "\r", "\n", "x".repeat(120)),
            input -> frames(input, "\r\n".getBytes(StandardCharsets.US_ASCII))),
        FuzzTarget.of(
            "frames_counted",
            List.of("5 hello3 abc0 101 " + "y".repeat(101)),
            List.of("0 ", "9 ", " ", "999999999 ", "1000000000 ", "00", "101 "),
            input -> frames(input, null)));
  }

  private static int frames(byte[] input, byte[] delimiter) {
    List<String> whole = cut(input, delimiter, null);
    List<String> pieces = cut(input, delimiter, new Random(Arrays.hashCode(input)));
    assertThat(pieces).isEqualTo(whole);
    return whole.size() < 8 ? whole.hashCode() % 64 : 100 + whole.size() % 32;
  }

  private static List<String> cut(byte[] input, byte[] delimiter, Random pieces) {
    List<String> found = new ArrayList<>();
    MemoryBudget budget = new MemoryBudget(1 << 20);
    BytesConnection connection = new BytesConnection(input, pieces);
    try (MessageFrames frames = new MessageFrames(delimiter, LIMIT, budget)) {
      boolean more = true;
      while (more) {
        while (frames.next()) {
          assertThat(frames.length()).isBetween(0, (int) LIMIT);
          found.add(
              frames.isTooLong()
                  ? "too long"
                  : new String(
                      frames.buffer(),
                      frames.offset(),
                      frames.length(),
                      StandardCharsets.ISO_8859_1));
        }
        more = frames.fill(connection);
      }
    } catch (IOException e) {
      found.add(e.getMessage());
    }
    assertThat(budget.take(1 << 20)).as("all of the budget is given back").isTrue();
    return found;
  }
}
