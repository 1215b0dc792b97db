package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The blocks of the pages for operators, run in their order by one shell. */
class DocsIT {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```$");

  /** The ports of the pages. */
  private static final List<Integer> PORTS = List.of(24224, 8888);

  @TempDir Path folder;

  private final Image image = Image.built();

  @ParameterizedTest
  @ValueSource(strings = {"docs/multiple-instances.md", "docs/migrating.md", "docs/buffers.md"})
  void blocksOfThePageRun(String page) throws Exception {
    String text = Files.readString(Path.of(System.getProperty("runnel.basedir")).resolve(page));
    for (int port : PORTS) {
      int free = freeWithShift();
      text = text.replace(Integer.toString(port), Integer.toString(free));
      text = text.replace(Integer.toString(port + 1000), Integer.toString(free + 1000));
    }
    Path root = Files.createDirectory(folder.resolve("root"));
    StringBuilder script = new StringBuilder("set -eu\n");
    script.append("trap 'runnel instance stop --all >/dev/null 2>&1 || :' EXIT\n");
    Matcher blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      script.append(blocks.group(1));
    }
    Path file = Files.writeString(folder.resolve("page.sh"), script);
    String path = image.home().resolve("bin") + ":" + System.getenv("PATH");
    Image.Result result =
        Image.run(
            List.of("sh", file.toString()), Map.of("PATH", path, "RUNNEL_ROOT", root.toString()));
    assertThat(result.status()).as(result.output()).isZero();
  }

  /** A port that is free, and so is the one 1000 above it. */
  private static int freeWithShift() throws Exception {
    while (true) {
      int port = Image.freePort();
      if (port < 60_000 && !Image.listens(port + 1000)) {
        return port;
      }
    }
  }
}
