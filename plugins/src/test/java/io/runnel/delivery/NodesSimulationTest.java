package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.testkit.Seeds;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two nodes with a network between them that loses, cuts, doubles and delays messages and answers;
 * each with a disk that fills up, fails, lies and loses power, a clock that jumps, reloads and
 * crashes. What the sender has promised arrives, nothing is altered, the books balance; as long as
 * no power was lost and the receiver did not crash, everything arrives once.
 */
@Timeout(600)
class NodesSimulationTest {
  @Test
  void whatWasPromisedArrives() {
    Seeds.Figures figures =
        Seeds.each(
            NodesSimulationTest.class,
            0,
            1500,
            Duration.ofSeconds(25),
            seed -> {
              try (NodesSimulation simulation = new NodesSimulation(seed)) {
                return simulation.run();
              }
            });
    assertThat(figures.seeds()).isPositive();
  }
}
