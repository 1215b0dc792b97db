package io.runnel.cli;

import io.runnel.host.OwnerLocks;
import java.io.IOException;
import java.nio.file.Path;

/** A process of an instance {@code other} that owns a buffer directory until it is closed. */
record OwnerOfAnotherProcess(Process process) implements AutoCloseable {
  static OwnerOfAnotherProcess start(Path buffer) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                HolderMain.class.getName(),
                buffer.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (process.inputReader().readLine() == null) {
      throw new IOException("the other process did not start");
    }
    return new OwnerOfAnotherProcess(process);
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  static final class HolderMain {
    private HolderMain() {}

    public static void main(String[] arguments) throws Exception {
      try (var claim =
          new OwnerLocks("other", "other.conf").claim(Path.of(arguments[0]), "buffer")) {
        System.out.println("owned");
        System.in.read();
      }
    }
  }
}
