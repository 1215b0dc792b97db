package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.host.MemoryBudget;
import io.runnel.net.Connection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageFramesTest {
  private final MemoryBudget budget = new MemoryBudget(200_000);

  /** A client that sends small pieces. */
  private record Sender(InputStream in) implements Connection {
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return in.read(target, offset, Math.min(10_000, length));
    }

    @Override
    public void write(byte[] source, int offset, int length) {}

    @Override
    public InetAddress peer() {
      return null;
    }

    @Override
    public int peerPort() {
      return 0;
    }

    @Override
    public void endInput() {}

    @Override
    public void close() {}

    @Override
    public void abort() {}
  }

  /** Messages by their first byte and length; {@code !} for one that was skipped. */
  private List<String> cut(byte[] delimiter, String sent) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(sent.getBytes(StandardCharsets.US_ASCII));
    Connection connection = new Sender(in);
    List<String> seen = new ArrayList<>();
    try (MessageFrames frames = new MessageFrames(delimiter, 1 << 20, budget)) {
      while (frames.fill(connection)) {
        while (frames.next()) {
          char first = frames.isTooLong() ? '!' : (char) frames.buffer()[frames.offset()];
          seen.add(first + (frames.isTooLong() ? "" : "" + frames.length()));
        }
      }
    }
    assertThat(budget.used()).isZero();
    return seen;
  }

  @Test
  void aMessageUpToADelimiterForWhichThereIsNoMemoryIsSkipped() throws IOException {
    String text = "a\r\n" + "b".repeat(150_000) + "\r\nc\r\n" + "d".repeat(100_000) + "\r\ne\r\n";
    assertThat(cut(new byte[] {'\r', '\n'}, text))
        .containsExactly("a1", "!", "c1", "d100000", "e1");
  }

  @Test
  void aCountedMessageForWhichThereIsNoMemoryIsSkipped() throws IOException {
    String text = "1 a150000 " + "b".repeat(150_000) + "1 c100000 " + "d".repeat(100_000) + "1 e";
    assertThat(cut(null, text)).containsExactly("a1", "!", "c1", "d100000", "e1");
  }
}
