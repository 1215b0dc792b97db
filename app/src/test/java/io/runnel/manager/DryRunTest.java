package io.runnel.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.Place;
import java.util.List;
import org.junit.jupiter.api.Test;

class DryRunTest {
  @Test
  void readsWhatTheProblemPrinterPrints() {
    String text =
        """
        some other output
        error: 'tag' parameter is required, in section source
          --> /etc/a.conf:3:1
            3 | <source>
              | ^
          hint: give it a tag
        warning: parameter 'x' in <source> is not used.
          --> /etc/a.conf:7
        """;
    List<Finding> findings = DryRun.parse("a", text);
    assertThat(findings).hasSize(2);
    assertThat(findings.get(0).fatal()).isTrue();
    assertThat(findings.get(0).sides().getFirst().place())
        .isEqualTo(new Place("/etc/a.conf", 3, 1));
    assertThat(findings.get(0).hint()).isEqualTo("give it a tag");
    assertThat(findings.get(0).excerpt()).contains("3 | <source>");
    assertThat(findings.get(1).fatal()).isFalse();
    assertThat(findings.get(1).sides().getFirst().place().line()).isEqualTo(7);
  }
}
