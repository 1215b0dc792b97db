package io.runnel.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** The ports and unix sockets that are open for reception on this machine, from /proc/net. */
public final class SocketTable {
  /** The state of a TCP socket that listens, in /proc/net/tcp. */
  private static final String TCP_LISTEN = "0A";

  /** The state of a UDP socket that is not connected to one peer. */
  private static final String UDP_OPEN = "07";

  private static final String SOCKET = "socket:[";

  private final Path proc;

  public SocketTable(Path proc) {
    this.proc = proc;
  }

  public static SocketTable system() {
    return new SocketTable(Path.of("/proc"));
  }

  /**
   * A port that is open for reception.
   *
   * @param protocol {@code tcp} or {@code udp}
   * @param inode what connects it with the process that holds it
   */
  public record Listening(String protocol, InetAddress address, int port, long inode) {}

  /** All of them; both families. */
  public List<Listening> listening() throws IOException {
    List<Listening> found = new ArrayList<>();
    read("tcp", "net/tcp", TCP_LISTEN, found);
    read("tcp", "net/tcp6", TCP_LISTEN, found);
    read("udp", "net/udp", UDP_OPEN, found);
    read("udp", "net/udp6", UDP_OPEN, found);
    return found;
  }

  /** The inodes of the sockets that a process holds; empty where that may not be seen. */
  public Set<Long> socketsOf(long pid) {
    Set<Long> inodes = new HashSet<>();
    Path descriptors = proc.resolve(Long.toString(pid)).resolve("fd");
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(descriptors)) {
      for (Path entry : entries) {
        String target = target(entry);
        if (target.startsWith(SOCKET)) {
          inodes.add(Long.parseLong(target.substring(SOCKET.length(), target.length() - 1)));
        }
      }
    } catch (IOException e) {
      return inodes;
    }
    return inodes;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private void read(String protocol, String file, String state, List<Listening> found)
      throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(proc.resolve(file), StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      return; // no IPv6
    }
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      String[] fields = line.trim().split("\\s+");
      if (fields.length > 9 && fields[3].equals(state)) {
        int colon = fields[1].indexOf(':');
        found.add(
            new Listening(
                protocol,
                address(fields[1].substring(0, colon)),
                Integer.parseInt(fields[1].substring(colon + 1), 16),
                Long.parseLong(fields[9])));
      }
    }
  }

  /**
   * The kernel prints addresses as 32-bit words in the order of the machine (here little-endian).
   */
  private static InetAddress address(String hex) throws UnknownHostException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    for (int word = 0; word < bytes.length; word += 4) {
      swap(bytes, word, word + 3);
      swap(bytes, word + 1, word + 2);
    }
    return InetAddress.getByAddress(bytes);
  }

  private static void swap(byte[] bytes, int i, int j) {
    byte kept = bytes[i];
    bytes[i] = bytes[j];
    bytes[j] = kept;
  }
}
