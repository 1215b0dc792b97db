package io.runnel.plugins.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.regexp.Regexps;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** read_bytes_limit_per_second and {@code <group>}. */
class LimitsTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void bytesAreCountedBySecond() {
    ReadAllowance allowance = new ReadAllowance(10_000, null);
    assertThat(allowance.bytes(0)).isEqualTo(10_000);
    allowance.used(9_000, 1);
    assertThat(allowance.bytes(SECOND / 2)).isEqualTo(1_000);
    allowance.used(6_000, 1);
    assertThat(allowance.bytes(SECOND / 2)).isZero();
    assertThat(allowance.again(SECOND / 2)).isEqualTo(SECOND);
    // what was too much counts for the next second
    assertThat(allowance.bytes(SECOND)).isEqualTo(5_000);
    assertThat(allowance.bytes(3 * SECOND)).isEqualTo(10_000);
    assertThat(new ReadAllowance(-1, null).bytes(0)).isEqualTo(Long.MAX_VALUE);
  }

  private static GroupLimits groups(TailConfig.Rule... rules) {
    return new GroupLimits(
        new TailConfig.Group(
            Regexps.parseParam("/^\\/l\\/(?<app>[a-z]+)-(?<env>[a-z]+)\\.log$/"),
            Duration.ofSeconds(5),
            List.of(rules)),
        Regexps::parseParam);
  }

  @Test
  void theMoreSpecificRuleCountsFirst() {
    GroupLimits groups =
        groups(
            new TailConfig.Rule(Map.of("app", "/./"), 100),
            new TailConfig.Rule(Map.of("app", "/^web$/", "env", "/^prod$/"), 7),
            new TailConfig.Rule(Map.of("app", "/^free$/", "env", "/./"), -1));
    assertThat(groups.join("/l/web-prod.log").remaining(0)).isEqualTo(7);
    assertThat(groups.join("/l/web-test.log").remaining(0)).isEqualTo(100);
    assertThat(groups.join("/l/free-prod.log")).isNull();
    assertThat(groups.join("/other")).isNull();
  }

  @Test
  void filesShareALimitInEachPeriod() {
    GroupLimits groups = groups(new TailConfig.Rule(Map.of("app", "/./"), 10));
    GroupLimits.Share a = groups.join("/l/a-x.log");
    assertThat(a.remaining(0)).isEqualTo(10);
    GroupLimits.Share b = groups.join("/l/b-x.log");
    assertThat(a.remaining(0)).isEqualTo(5);
    a.used(5);
    assertThat(a.remaining(SECOND)).isZero();
    assertThat(b.remaining(SECOND)).isEqualTo(5);
    assertThat(a.again(SECOND)).isEqualTo(5 * SECOND);
    assertThat(a.remaining(5 * SECOND)).isEqualTo(5);
    b.release();
    b.release();
    assertThat(a.remaining(5 * SECOND)).isEqualTo(10);
  }

  @Test
  void aLimitOfZeroStopsAndASmallOneStillMoves() {
    GroupLimits groups =
        groups(
            new TailConfig.Rule(Map.of("app", "/^no$/"), 0),
            new TailConfig.Rule(Map.of("app", "/^few/"), 1));
    assertThat(groups.join("/l/no-x.log").remaining(0)).isZero();
    GroupLimits.Share first = groups.join("/l/fewa-x.log");
    groups.join("/l/fewb-x.log");
    assertThat(first.remaining(0)).isEqualTo(1);
  }
}
