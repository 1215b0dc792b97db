package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.testkit.fuzz.FuzzTarget;
import io.runnel.testkit.fuzz.FuzzTargets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The journal's export format and GELF datagrams. */
public final class ContribFuzz implements FuzzTargets {
  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "journal",
            List.of(
                "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=x\n\n"
                    + "MESSAGE\n\u0003\0\0\0\0\0\0\0a\nb\nA=1\nA=2\n\n"),
            List.of(
                "\n\n", "=", "\n", "__CURSOR=", "\0\0\0\0", "\u00ff\u00ff\u00ff\u00ff", "A=1\n"),
            this::journal),
        FuzzTarget.of(
            "gelf",
            List.of(
                "{\"version\":\"1.1\",\"host\":\"h\",\"short_message\":\"m\"}",
                "\u001e\u000fabcdefgh\0\u0001{}\u001e\u000fabcdefgh\0\u0002{\u001e\u000fabcdefgh\u0001"
                    + "\u0002}"),
            List.of("\u001e\u000f", "\u001e\u000fabcdefgh", "\u0001\u0002", "\u001f\u008b\b"),
            this::gelf));
  }

  private int journal(byte[] input) {
    JournalReader reader = new JournalReader(new ByteArrayInputStream(input));
    JournalEntries entries =
        new JournalEntries(new JournalEntries.Config(Map.of("A", "b"), false, true, true), false);
    int count = 0;
    try {
      for (Map<String, Object> entry = reader.next(); entry != null; entry = reader.next()) {
        assertThat(entry).isNotEmpty();
        assertThat(entries.record(entry)).isNotNull();
        JournalEntries.time(entry, 0);
        JournalEntries.cursor(entry);
        count++;
      }
    } catch (IOException e) {
      return FuzzTarget.outcome(e.getMessage());
    }
    return Math.min(count, 50);
  }

  /** The input is cut into datagrams where chunks seem to begin. */
  private int gelf(byte[] input) {
    GelfDecoder decoder = new GelfDecoder();
    int outcome = 0;
    int from = 0;
    for (int to = 1; to <= input.length; to++) {
      if (to == input.length || input[to] == 0x1e) {
        byte[] datagram = java.util.Arrays.copyOfRange(input, from, to);
        try {
          byte[] message = decoder.take(datagram, datagram.length, from);
          outcome = outcome * 31 + (message == null ? 1 : 2);
        } catch (IOException e) {
          outcome = outcome * 31 + FuzzTarget.outcome(e.getMessage());
        }
        from = to;
      }
    }
    assertThat(decoder.partialBytes()).isBetween(0L, (long) input.length);
    return outcome % 1000;
  }
}
