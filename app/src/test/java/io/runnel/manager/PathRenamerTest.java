package io.runnel.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathRenamerTest {
  @ParameterizedTest
  @CsvSource({
    "/var/lib/runnel/a/buffer, /var/lib/runnel/b/buffer",
    "/var/log/runnel/a.log, /var/log/runnel/b.log",
    "/var/log/a/x, /var/log/a_b/x",
    "/var/log/a.pos, /var/log/a_b.pos",
    "/data/buffer, /data/buffer_b",
    "/data/x.log.pos, /data/x_b.log.pos",
    "/data/.hidden, /data/.hidden_b",
    "/data/x.*.buffer, /data/x_b.*.buffer",
    "/data/out/%Y/%m, /data/out_b/%Y/%m",
    "/data/${tag}, /data_b/${tag}",
    "/data/buffer/, /data/buffer_b/",
  })
  void givesThePathTheNewName(String from, String to) {
    assertThat(new PathRenamer(List.of("a"), "b").rename(from, 0)).isEqualTo(to);
  }

  @ParameterizedTest
  @CsvSource({"/d/x.pos, /d/x_b-2.pos", "/var/lib/runnel/a/x, /var/lib/runnel/b-2/x"})
  void laterAttemptsGiveOtherNames(String from, String to) {
    assertThat(new PathRenamer(List.of("a"), "b").rename(from, 1)).isEqualTo(to);
  }
}
