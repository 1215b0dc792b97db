package io.runnel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthTest {
  private long now;
  private final Health health = new Health(() -> now, List::of);

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void aMainLoopThatComesRoundIsGood() {
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(2));
      health.idle();
      assertThat(health.isGood()).isTrue();
    }
  }

  @Test
  void oneThatStandsIsNot() {
    health.idle();
    pass(Duration.ofSeconds(61));
    assertThat(health.isGood()).isFalse();
  }

  @Test
  void aTaskMayTakeLongerButNotForEver() {
    health.busy();
    pass(Duration.ofSeconds(120));
    assertThat(health.isGood()).isTrue();
    pass(Duration.ofSeconds(500));
    assertThat(health.isGood()).isFalse();
    health.idle();
    assertThat(health.isGood()).isTrue();
  }
}
