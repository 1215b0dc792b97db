package io.runnel.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BufferMemoryTest {
  private final BufferMemory memory = new BufferMemory(1000);

  @Test
  void theOnlyBufferMayTakeAll() {
    BufferMemory.Share share = memory.open();
    assertThat(share.take(1001)).isFalse();
    assertThat(share.take(1000)).isTrue();
    assertThat(share.fits(1)).isFalse();
    share.give(400);
    assertThat(share.take(400)).isTrue();
    assertThat(memory.used()).isEqualTo(1000);
  }

  @Test
  void aGreedyBufferLeavesTheOthersTheirPart() {
    BufferMemory.Share greedy = memory.open();
    BufferMemory.Share modest = memory.open();
    while (greedy.take(10)) {}
    assertThat(memory.used()).isEqualTo(750);
    assertThat(modest.take(250)).isTrue();
    assertThat(modest.take(1)).isFalse();
    greedy.give(100);
    assertThat(modest.take(100)).isTrue();
    assertThat(memory.used()).isEqualTo(1000);
  }

  @Test
  void aClosedBufferGivesEverythingBackAndTakesNothing() {
    BufferMemory.Share gone = memory.open();
    BufferMemory.Share other = memory.open();
    assertThat(gone.take(700)).isTrue();
    gone.close();
    gone.give(700); // a chunk that is let go of late
    assertThat(gone.take(1)).isFalse();
    assertThat(other.take(1000)).isTrue();
  }
}
