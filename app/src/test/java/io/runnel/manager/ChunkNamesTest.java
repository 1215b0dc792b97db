package io.runnel.manager;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChunkNamesTest {
  @Test
  void timeIsInTheFirstHalfOfTheNumber() {
    long micros = 1_700_000_000_123_456L;
    String id = "%016x%016x".formatted(micros << 12 | 0xabc, 1L);
    assertThat(ChunkNames.createdMillis("buffer.b" + id + ".log")).isEqualTo(1_700_000_000_123L);
    assertThat(ChunkNames.isChunk("buffer.q" + id + ".log")).isTrue();
    assertThat(ChunkNames.isChunk("fsb.app.b" + id + ".buf")).isTrue();
    assertThat(ChunkNames.isChunk("buffer.q" + id + ".log.meta")).isFalse();
    assertThat(ChunkNames.isChunk("owner.lock")).isFalse();
  }
}
