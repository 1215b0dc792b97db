package io.runnel.manager;

import java.nio.file.Path;
import java.util.Map;

/** Where Runnel is installed: its programs and the patterns of the files of an instance. */
public record Image(Path home) {
  /** Named by the launcher. */
  public static Image of(Map<String, String> environment) {
    String home = System.getProperty("runnel.home", environment.getOrDefault("RUNNEL_HOME", ""));
    if (home.isEmpty()) {
      throw new IllegalStateException("start this program by bin/runnel");
    }
    return new Image(Path.of(home).toAbsolutePath());
  }

  public Path daemon() {
    return home.resolve("bin/runneld");
  }

  public Path service() {
    return home.resolve("bin/runnel-service");
  }

  public Path initScript() {
    return home.resolve("init.d/runnel");
  }

  public Path defaults() {
    return home.resolve("default/runnel");
  }

  public Path unit() {
    return home.resolve("systemd/runnel@.service");
  }

  public Path logrotate() {
    return home.resolve("logrotate.d/runnel");
  }
}
