package io.runnel.plugins.contrib;

import io.runnel.plugin.PluginContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** The parameter {@code hostname_command} of old plugins. */
final class HostnameCommand {
  static final String DEFAULT = "hostname";

  private static final long SECONDS = 10;
  private static final int LONGEST_NAME = 1024;

  private HostnameCommand() {}

  /**
   * The name that a command prints; the default one is not run, the name is known.
   *
   * @throws IOException where it prints none
   */
  static String run(String command, PluginContext context)
      throws IOException, InterruptedException {
    if (command.equals(DEFAULT)) {
      return context.system().hostname();
    }
    Process process =
        new ProcessBuilder("/bin/sh", "-c", command)
            .redirectErrorStream(false)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("hostname_command takes too long: " + command);
    }
    byte[] printed = process.getInputStream().readNBytes(LONGEST_NAME);
    String name = new String(printed, StandardCharsets.UTF_8).strip();
    if (process.exitValue() != 0 || name.isEmpty()) {
      throw new IOException("hostname_command failed: " + command);
    }
    return name;
  }
}
