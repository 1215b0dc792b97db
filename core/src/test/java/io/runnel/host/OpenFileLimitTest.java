package io.runnel.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OpenFileLimitTest {
  private static final String HEAD = "Limit                     Soft Limit   Hard Limit   Units";

  @Test
  void theSoftLimitCounts() {
    String line = "Max open files            20000                524288               files     ";
    assertThat(OpenFileLimit.in(List.of(HEAD, line))).isEqualTo(20000);
  }

  @Test
  void unlimitedIsALot() {
    assertThat(OpenFileLimit.in(List.of(HEAD, "Max open files   unlimited   unlimited   files")))
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void whatCannotBeReadIsTheUsualOne() {
    assertThat(OpenFileLimit.in(List.of(HEAD))).isEqualTo(1024);
    assertThat(OpenFileLimit.in(List.of("Max open files   many   more   files"))).isEqualTo(1024);
  }

  @Test
  void thisProcessHasOne() {
    assertThat(OpenFileLimit.ofProcess()).isPositive();
  }
}
