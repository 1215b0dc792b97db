package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.log.Log;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.StopSignal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** A named pipe (FIFO) in the file system. */
final class NamedPipe {
  private static final int TYPE_OF_FILE = 0170000;
  private static final int FIFO = 0010000;
  private static final long COMMAND_SECONDS = 10;
  private static final int LONGEST_MESSAGE = 1024;

  private final Path path;

  private NamedPipe(Path path) {
    this.path = path;
  }

  /**
   * The pipe of a configuration; it need not be there yet.
   *
   * @param parameter that names it, for messages
   * @throws ConfigException where there is a file of another kind
   */
  static NamedPipe of(String path, String parameter, PluginContext context) {
    NamedPipe pipe = new NamedPipe(Path.of(path));
    try {
      if (pipe.exists() && !pipe.isFifo()) {
        throw new ConfigException(
            path + " is no named pipe (mkfifo makes one)", context.element().placeOf(parameter));
      }
    } catch (IOException e) {
      throw new ConfigException(
          path + " cannot be looked at: " + e.getMessage(),
          context.element().placeOf(parameter),
          e);
    }
    return pipe;
  }

  Path path() {
    return path;
  }

  boolean exists() {
    return Files.exists(path);
  }

  private boolean isFifo() throws IOException {
    try {
      int mode = (Integer) Files.getAttribute(path, "unix:mode");
      return (mode & TYPE_OF_FILE) == FIFO;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Makes the pipe where there is none; everybody may read and write it, as with the gem.
   *
   * @throws IOException where it cannot be made
   */
  void make() throws IOException, InterruptedException {
    if (exists()) {
      return;
    }
    Process mkfifo =
        new ProcessBuilder("mkfifo", "-m", "0666", "--", path.toString())
            .redirectErrorStream(true)
            .start();
    mkfifo.getOutputStream().close();
    if (!mkfifo.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
      mkfifo.destroyForcibly();
      throw new IOException("mkfifo takes too long: " + path);
    }
    String message =
        new String(mkfifo.getInputStream().readNBytes(LONGEST_MESSAGE), StandardCharsets.UTF_8);
    if (mkfifo.exitValue() != 0 && !isFifo()) { // another one may have made it meanwhile
      throw new IOException("mkfifo failed: " + message.strip());
    }
  }

  /**
   * Opens both ends: a reader then sees no end when a writer goes away, a writer no broken pipe
   * when a reader does, and opening waits for nobody. Closing the channel ends a read or a write
   * that waits.
   */
  FileChannel open() throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (!isFifo()) {
      channel.close();
      throw new IOException(path + " is no named pipe (mkfifo makes one)");
    }
    return channel;
  }

  /** Closes what {@link #open} gave, or nothing where it was not opened. */
  void close(FileChannel channel, Log log) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      log.warn("named pipe was not closed", e, "path", path);
    }
  }

  /** What comes out of a pipe; it ends when the channel is closed after the signal. */
  static InputStream untilClosed(FileChannel channel, StopSignal stop) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        try {
          return channel.read(ByteBuffer.wrap(target, offset, length));
        } catch (ClosedChannelException e) {
          if (stop.isSet()) {
            return -1;
          }
          throw e;
        }
      }
    };
  }
}
