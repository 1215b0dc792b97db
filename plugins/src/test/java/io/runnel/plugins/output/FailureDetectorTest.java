package io.runnel.plugins.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FailureDetectorTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void phiGrowsWithSilence() {
    FailureDetector detector = new FailureDetector(SECOND, 60 * SECOND, 0);
    for (int i = 1; i <= 20; i++) {
      detector.add(i * SECOND);
    }
    assertThat(detector.phi(21 * SECOND)).isCloseTo(0.434, Offset.offset(0.001));
    assertThat(detector.phi(56 * SECOND)).isLessThan(16);
    assertThat(detector.phi(58 * SECOND)).isGreaterThan(16);
    assertThat(detector.hardTimeout(80 * SECOND)).isFalse();
    assertThat(detector.hardTimeout(80 * SECOND + 1)).isTrue();
  }

  @Test
  void theMovingMeanIsThatOfTheLastThousandGaps() {
    Random random = new Random(7);
    FailureDetector detector = new FailureDetector(SECOND, SECOND, 0);
    List<Long> gaps = new ArrayList<>(List.of(SECOND));
    long now = 0;
    for (int i = 0; i < 2_500; i++) {
      long gap = SECOND / 2 + random.nextLong(SECOND);
      now += gap;
      detector.add(now);
      gaps.add(gap);
    }
    List<Long> last = gaps.subList(gaps.size() - 1_000, gaps.size());
    double weighted = 0;
    for (int i = 0; i < 1_000; i++) {
      weighted += (double) last.get(i) * (i + 1);
    }
    double mean = weighted / (1_000 * 1_001 / 2.0) / SECOND;
    assertThat(detector.samples()).isEqualTo(1_000);
    assertThat(detector.phi(now + 10 * SECOND))
        .isCloseTo(10 / mean / Math.log(10), Offset.offset(1e-6));
  }

  @Test
  void aClearedDetectorStartsAnew() {
    FailureDetector detector = new FailureDetector(SECOND, SECOND, 0);
    detector.add(SECOND);
    detector.clear(5 * SECOND);
    assertThat(detector.samples()).isZero();
    assertThat(detector.phi(100 * SECOND)).isZero();
    detector.add(6 * SECOND);
    assertThat(detector.samples()).isEqualTo(1);
  }
}
