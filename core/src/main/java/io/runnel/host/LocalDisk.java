package io.runnel.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The machine's file systems. Files are {@link RandomAccessFile}s: an interrupt does not close
 * them.
 */
enum LocalDisk implements Disk {
  INSTANCE;

  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-r--r--");
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwxr-xr-x");

  private final ParallelSyncs parallelSyncs = new ParallelSyncs();

  @Override
  public AppendFile append(Path file, Set<PosixFilePermission> permissions) throws IOException {
    if (Files.exists(file)) {
      return new Appender(file); // a chunk that is opened again: an exception would cost ten times
    }
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(permissions == null ? FILE : permissions));
      if (permissions != null) {
        Files.setPosixFilePermissions(file, permissions);
      }
    } catch (FileAlreadyExistsException e) {
      return new Appender(file); // its permissions are its owner's affair
    }
    return new Appender(file);
  }

  @Override
  public ReadFile read(Path file) throws IOException {
    return new Reader(file);
  }

  @Override
  public InputStream stream(Path file) throws IOException {
    return Files.newInputStream(file);
  }

  @Override
  public void transfer(Path file, long position, long count, WritableByteChannel target)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long end = position + count;
      for (long at = position; at < end; ) {
        long moved =
            target instanceof FileChannel to
                ? append(channel, at, end - at, to)
                : channel.transferTo(at, end - at, target);
        if (moved <= 0) {
          throw new IOException(file + " ends at byte " + at + ", before byte " + end);
        }
        at += moved;
      }
    }
  }

  /**
   * Copies to where a file's channel stands. The same as transferTo, whose pattern switch would be
   * compiled at run time, at the first chunk (decision 0003).
   */
  private static long append(FileChannel from, long position, long count, FileChannel to)
      throws IOException {
    long at = to.position();
    long moved = to.transferFrom(from.position(position), at, count);
    to.position(at + moved);
    return moved;
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public boolean delete(Path file) throws IOException {
    return Files.deleteIfExists(file);
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  @Override
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path);
  }

  @Override
  public Stat stat(Path file) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    return new Stat(
        found.size(), found.lastModifiedTime().toMillis(), found.creationTime().toMillis());
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return new ArrayList<>(entries.toList());
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  @Override
  public void createDirectories(Path directory, Set<PosixFilePermission> permissions)
      throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      createDirectories(parent, permissions);
    }
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(permissions == null ? DIRECTORY : permissions));
      if (permissions != null) {
        Files.setPosixFilePermissions(directory, permissions);
      }
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  @Override
  public void force(Path path) throws IOException {
    boolean interrupted = Thread.interrupted(); // it would close the channel instead of syncing
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void together(List<Sync> syncs) throws IOException {
    parallelSyncs.run(syncs);
  }

  @Override
  public String bootId() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static final class Appender implements AppendFile {
    private final RandomAccessFile file;

    Appender(Path path) throws IOException {
      file = new RandomAccessFile(path.toFile(), "rw");
      file.seek(file.length());
    }

    @Override
    public void append(byte[] bytes, int offset, int length) throws IOException {
      file.write(bytes, offset, length);
    }

    @Override
    public void truncate(long length) throws IOException {
      file.setLength(length);
      file.seek(length);
    }

    @Override
    public void force() throws IOException {
      file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private static final class Reader implements ReadFile {
    private final RandomAccessFile file;

    Reader(Path path) throws IOException {
      if (!Files.exists(path)) {
        throw new NoSuchFileException(path.toString());
      }
      file = new RandomAccessFile(path.toFile(), "r");
    }

    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    public int read(long position, byte[] bytes, int offset, int length) throws IOException {
      file.seek(position);
      return file.read(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
