package io.runnel.plugins.tail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The real file system. */
public final class NioTailFiles implements TailFiles {
  /** How often opening is tried again where the name changes hands at the same time. */
  private static final int OPEN_ATTEMPTS = 8;

  @Override
  public Stat stat(String path) throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(Path.of(path), BasicFileAttributes.class);
      return new Stat(
          found.fileKey(), found.size(), found.lastModifiedTime().toMillis(), found.isDirectory());
    } catch (NoSuchFileException e) {
      return null;
    } catch (FileSystemException e) {
      if ("Not a directory".equals(e.getReason())) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public long createdMillis(String path) throws IOException {
    try {
      return Files.readAttributes(Path.of(path), BasicFileAttributes.class)
          .creationTime()
          .toMillis();
    } catch (NoSuchFileException e) {
      return -1;
    }
  }

  @Override
  public boolean isReadable(String path) {
    return Files.isReadable(Path.of(path));
  }

  /**
   * The JDK has no fstat, so the identity is read before and after: where both agree the handle
   * belongs to it.
   */
  @Override
  public Opened open(String path) throws IOException {
    for (int attempt = 0; attempt < OPEN_ATTEMPTS; attempt++) {
      Stat before = stat(path);
      if (before == null) {
        return null;
      }
      FileChannel channel;
      try {
        channel = FileChannel.open(Path.of(path), StandardOpenOption.READ);
      } catch (NoSuchFileException e) {
        continue;
      }
      Stat after = null;
      try {
        after = stat(path);
      } finally {
        if (after == null || !after.key().equals(before.key())) {
          channel.close();
        }
      }
      if (channel.isOpen()) {
        return new Opened(new Handle(channel), after);
      }
    }
    return null;
  }

  @Override
  public List<String> list(String directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(Path.of(directory.isEmpty() ? "." : directory))) {
      for (Path entry : entries) {
        names.add(entry.getFileName().toString());
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(names);
    return names;
  }

  /** Reads {@code (dev=801,ino=2162442)}, the only public form of the JDK's file key. */
  @Override
  public long inode(Object key) {
    String text = key.toString();
    int at = text.indexOf("ino=");
    int end = text.indexOf(')', at);
    return at < 0 || end < 0 ? 0 : Long.parseUnsignedLong(text.substring(at + 4, end));
  }

  private record Handle(FileChannel channel) implements OpenFile {
    private static final int SLICE = 256 * 1024;

    @Override
    public int read(byte[] target, int offset, int count, long position) throws IOException {
      int slice = Math.min(count, SLICE); // the channel takes as much memory outside of the heap
      return channel.read(ByteBuffer.wrap(target, offset, slice), position);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
