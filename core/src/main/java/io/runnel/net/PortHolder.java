package io.runnel.net;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Finds who holds a port, from {@code /proc/net} (which inode listens) and the descriptors in
 * {@code /proc/PID/fd} (who has that inode). Those of other users cannot be seen without root: then
 * only the user is told.
 */
public final class PortHolder {
  private static final Path PROC = Path.of("/proc");
  private static final String LISTEN = "0A";

  private PortHolder() {}

  /**
   * @param kind {@code tcp} or {@code udp}
   * @return such as {@code pid 4711 (rsyslogd)}; empty where nothing could be found out
   */
  public static Optional<String> find(String kind, int port) {
    try {
      Set<String> inodes = new HashSet<>();
      Set<String> users = new HashSet<>();
      for (String table : List.of(kind, kind + "6")) {
        scan(PROC.resolve("net").resolve(table), kind, port, inodes, users);
      }
      if (inodes.isEmpty()) {
        return Optional.empty();
      }
      Optional<String> process = process(inodes);
      return process.isPresent()
          ? process
          : users.stream().findFirst().map(uid -> "a process of user id " + uid);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void scan(Path table, String kind, int port, Set<String> inodes, Set<String> users)
      throws IOException {
    if (!Files.isReadable(table)) {
      return;
    }
    String wanted = String.format(Locale.ROOT, ":%04X", port);
    for (String line : Files.readAllLines(table)) {
      String[] fields = line.trim().split("\\s+");
      if (fields.length > 9
          && fields[1].endsWith(wanted)
          && (kind.equals("udp") || fields[3].equals(LISTEN))) {
        users.add(fields[7]);
        inodes.add("socket:[" + fields[9] + "]");
      }
    }
  }

  private static Optional<String> process(Set<String> inodes) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : all) {
        if (holds(process.resolve("fd"), inodes)) {
          return Optional.of("pid " + process.getFileName() + " (" + name(process) + ")");
        }
      }
    }
    return Optional.empty();
  }

  private static boolean holds(Path descriptors, Set<String> inodes) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
      for (Path descriptor : all) {
        if (inodes.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return false; // gone meanwhile, or another user's
    }
    return false;
  }

  private static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm")).trim();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
