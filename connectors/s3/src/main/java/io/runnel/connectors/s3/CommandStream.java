package io.runnel.connectors.s3;

import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a program makes of a file; its end is an error where the program says that it failed. */
final class CommandStream extends FilterInputStream {
  private static final long END_SECONDS = 10;

  private final Process process;
  private final String program;

  private CommandStream(Process process, String program) {
    super(process.getInputStream());
    this.process = process;
    this.program = program;
  }

  static InputStream open(List<String> command, Path file) throws IOException {
    List<String> whole = new ArrayList<>(command);
    whole.add(file.toString());
    Process process =
        new ProcessBuilder(whole)
            .redirectInput(new File("/dev/null"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new CommandStream(process, command.getFirst());
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    if (value < 0) {
      check();
    }
    return value;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = super.read(target, offset, length);
    if (count < 0) {
      check();
    }
    return count;
  }

  private void check() throws IOException {
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("Command " + program + " did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (process.exitValue() != 0) {
      throw new IOException("Command " + program + " exited with " + process.exitValue());
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    super.close();
  }
}
