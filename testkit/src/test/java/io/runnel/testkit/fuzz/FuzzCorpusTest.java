package io.runnel.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FuzzCorpusTest {
  @TempDir Path folder;

  @Test
  void keepsFindingsAndWhatWasLearned() throws Exception {
    Files.createDirectories(folder.resolve("t"));
    Files.write(folder.resolve("t/finding"), new byte[] {1});
    FuzzCorpus.write(FuzzCorpus.file(folder, "t"), List.of(new byte[] {2, 3}, new byte[0]));
    assertThat(FuzzCorpus.of(folder, "t"))
        .containsExactly(new byte[] {1}, new byte[] {2, 3}, new byte[0]);
    assertThat(FuzzCorpus.of(folder, "none")).isEmpty();
  }

  @Test
  void equalInputsMakeEqualFiles() throws Exception {
    Path a = folder.resolve("a.zip");
    Path b = folder.resolve("b.zip");
    FuzzCorpus.write(a, List.of(new byte[] {7}));
    FuzzCorpus.write(b, List.of(new byte[] {7}));
    assertThat(a).hasSameBinaryContentAs(b);
  }

  @Test
  void theFuzzerRunsThemBeforeAnythingElse() throws Exception {
    FuzzCorpus.write(FuzzCorpus.file(folder, "t"), List.of("second".getBytes()));
    List<String> seen = new ArrayList<>();
    FuzzTarget target =
        FuzzTarget.of(
            "t",
            List.of("first"),
            List.of(),
            input -> {
              seen.add(new String(input));
              if (seen.size() == 2) {
                throw new IllegalStateException("a finding");
              }
              return 0;
            });
    assertThatThrownBy(() -> new Fuzzer(target, folder).run()).hasMessageContaining("a finding");
    assertThat(seen).containsExactly("first", "second");
  }
}
