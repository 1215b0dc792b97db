package io.runnel.connectors.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TtlCacheTest {
  private final ManualClock clock = ManualClock.standard();

  @Test
  void theLeastUsedGoesFirst() {
    TtlCache<String, Integer> cache = new TtlCache<>(2, -1, clock);
    cache.put("a", 1);
    cache.put("b", 2);
    cache.get("a");
    cache.put("c", 3);
    assertThat(cache.get("a")).isEqualTo(1);
    assertThat(cache.get("b")).isNull();
    assertThat(cache.size()).isEqualTo(2);
  }

  @Test
  void whatIsTooOldIsGone() {
    TtlCache<String, Integer> cache = new TtlCache<>(9, Duration.ofSeconds(5).toNanos(), clock);
    TtlCache<String, Integer> eternal = new TtlCache<>(9, -1, clock);
    cache.put("a", 1);
    eternal.put("a", 1);
    clock.advance(Duration.ofSeconds(5));
    assertThat(cache.get("a")).isEqualTo(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(cache.get("a")).isNull();
    assertThat(eternal.get("a")).isEqualTo(1);
  }
}
