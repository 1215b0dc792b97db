package io.runnel.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code --setup DIR}: a sample configuration and an empty plugin folder. */
final class Setup {
  private Setup() {}

  static int run(Path folder, Appendable out) throws IOException {
    Files.createDirectories(folder.resolve("plugin"));
    Path config = folder.resolve("fluent.conf");
    if (Files.exists(config)) {
      out.append(config + " already exists.\n");
      return 0;
    }
    try (InputStream sample = Setup.class.getResourceAsStream("sample.conf")) {
      Files.copy(sample, config);
    }
    out.append("Installed " + config + ".\n");
    return 0;
  }
}
