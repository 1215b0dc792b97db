package io.runnel.engine;

import io.runnel.host.OwnerLocks;
import io.runnel.log.Log;
import io.runnel.plugin.SystemSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the buffer of source-only mode lies: events for the root in the folder itself (as Fluentd
 * keeps all), those of another label below it, each with a folder {@code workerN} where there are
 * several workers.
 *
 * @param base {@code path} of {@code <source_only_buffer>}, or the default
 */
public record SourceOnlyFolder(Path base) {
  private static final Pattern CHUNK = Pattern.compile("buffer\\.[bq][0-9a-f]{32}\\.log(\\.meta)?");

  /** What lies beside the chunks: checksums, receipts and books. */
  private static final Pattern BESIDE =
      Pattern.compile("\\.buffer\\..*|" + Pattern.quote(OwnerLocks.DIRECTORY_LOCK));

  private static final String LABELS = "label";

  /** base, label, its name, worker. */
  private static final int DEPTH = 4;

  /** File systems take names of 255 bytes; the end of a path tells more than its beginning. */
  private static final int LONGEST_NAME = 200;

  /**
   * @param environment for {@code FLUENT_INSTANCE_ID}
   */
  public static SourceOnlyFolder of(
      SystemConfig system, SystemSettings settings, Map<String, String> environment) {
    String path =
        system.sourceOnlyBuffer().flatMap(SystemConfig.SourceOnlyBuffer::path).orElse(null);
    if (path != null && !path.isEmpty()) {
      return new SourceOnlyFolder(Path.of(path).toAbsolutePath());
    }
    String id = environment.get("FLUENT_INSTANCE_ID");
    if (id == null || id.isEmpty()) {
      id = environment.get("RUNNEL_INSTANCE");
    }
    if (id == null || id.isEmpty()) {
      id = settings.configFile();
    }
    Path all = settings.backupDir().toAbsolutePath().resolve("source-only-buffer");
    return new SourceOnlyFolder(all.resolve(name(id)));
  }

  /** A file's name out of any text; different texts of usual length have different names. */
  private static String name(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "_-@".indexOf(c) >= 0);
      if (plain || c == '.' && i > 0) {
        out.append(c);
      } else {
        out.append('%').append(Integer.toHexString(c));
      }
    }
    return out.length() <= LONGEST_NAME
        ? out.toString()
        : out.substring(out.length() - LONGEST_NAME);
  }

  /** The buffer of the events of a label. */
  Path of(String label) {
    return label.equals(Labels.ROOT) ? base : base.resolve(LABELS).resolve(name(label));
  }

  /**
   * True where chunks lie here that are ours: a folder that another user has put into a shared
   * place is none.
   */
  public boolean hasLeftOvers() throws IOException {
    return Files.isDirectory(base)
        && Files.getOwner(base).equals(Files.getOwner(Path.of("/proc/self")))
        && hasChunks(base);
  }

  /** True where chunks lie in the folder of a label. */
  boolean hasChunks(String label) {
    Path folder = of(label);
    try {
      return label.equals(Labels.ROOT)
          ? hasChunks(folder, path -> !path.startsWith(base.resolve(LABELS)))
          : hasChunks(folder);
    } catch (IOException e) {
      return false;
    }
  }

  /** Says at the end of a run how to come by what has not been sent on. */
  public void warnOfLeftOvers(Log log) {
    try {
      if (!hasChunks(base)) {
        return;
      }
    } catch (IOException e) {
      log.debug("the buffer directory cannot be read", "path", base.toString());
    }
    log.warn(
        "some buffer files remain in "
            + base
            + ". Please consider recovering or saving the buffer files in the directory. To"
            + " recover them, you can set the buffer path manually to system config and retry,"
            + " i.e., restart Fluentd with with-source-only mode and send SIGWINCH again. (Runnel"
            + " sends them on at its next start with this path, in any mode.) Config Example:");
    String path = base.toString().replace("\n", "\\n"); // a line of its own must not forge others
    String example =
        "<system>\n  <source_only_buffer>\n    path "
            + path
            + "\n  </source_only_buffer>\n</system>\n";
    byte[] text = example.getBytes(StandardCharsets.UTF_8);
    log.raw(text, 0, text.length);
  }

  private static boolean hasChunks(Path folder) throws IOException {
    return hasChunks(folder, path -> true);
  }

  private static boolean hasChunks(Path folder, Predicate<Path> wanted) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(folder, DEPTH)) {
      return files.anyMatch(
          file -> CHUNK.matcher(file.getFileName().toString()).matches() && wanted.test(file));
    }
  }

  /**
   * Removes a folder that holds no chunk any more, and the folders around it up to the base where
   * they are empty. What is not the buffer's stays, and its folder with it.
   */
  void remove(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (BESIDE.matcher(file.getFileName().toString()).matches()) {
          Files.deleteIfExists(file);
        }
      }
    }
    try {
      for (Path each = folder; each.startsWith(base); each = each.getParent()) {
        Files.deleteIfExists(each);
      }
    } catch (DirectoryNotEmptyException e) {
      // Another worker's or label's chunks are there: whoever is last removes it.
    }
  }
}
