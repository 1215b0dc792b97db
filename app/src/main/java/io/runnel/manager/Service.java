package io.runnel.manager;

import io.runnel.instance.InstanceLayout;
import io.runnel.instance.InstanceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts and stops instances: through {@code runnel-service}, the one place that knows how, or
 * through systemd where that has started the instance or is to start it at boot.
 */
public final class Service {
  private final Image image;
  private final InstanceLayout layout;

  public Service(Image image, InstanceLayout layout) {
    this.image = image;
    this.layout = layout;
  }

  /** Runs a verb of the service script; its output goes to this program's. */
  public int call(String verb, InstanceName name) throws IOException {
    return call(verb, name, false);
  }

  /**
   * Runs a verb.
   *
   * @param quiet leaves out what is said on success; what is wrong is always shown
   */
  public int call(String verb, InstanceName name, boolean quiet) throws IOException {
    List<String> command = new ArrayList<>();
    if (isSystemdManaged(name) && List.of("start", "stop", "restart").contains(verb)) {
      command.addAll(List.of("systemctl", verb, "runnel@" + name + ".service"));
    } else {
      command.addAll(
          List.of(
              image.service().toString(), "--root", layout.root().toString(), verb, name.text()));
    }
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    if (quiet) {
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }
    Process process = builder.start();
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private boolean isSystemdManaged(InstanceName name) throws IOException {
    if (!layout.root().equals(Path.of("/")) || !Files.isDirectory(Path.of("/run/systemd/system"))) {
      return false;
    }
    String unit = "runnel@" + name + ".service";
    return quietly("is-active", unit) || quietly("is-enabled", unit);
  }

  private static boolean quietly(String verb, String unit) throws IOException {
    Process process =
        new ProcessBuilder("systemctl", "--quiet", verb, unit)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
