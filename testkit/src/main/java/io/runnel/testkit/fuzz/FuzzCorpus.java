package io.runnel.testkit.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The inputs of a target that a module keeps: those that were findings, each a file in {@code
 * src/test/fuzz/TARGET}, and those by which a search guided by coverage got further than the ones
 * before, together in {@code src/test/fuzz/TARGET.zip}.
 */
public final class FuzzCorpus {
  /** Equal inputs make equal files. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private FuzzCorpus() {}

  /** Where a module's folder {@code src/test/fuzz} has what a search has learned. */
  public static Path file(Path folder, String target) {
    return folder.resolve(target + ".zip");
  }

  /** All inputs that are kept of a target, in an order that does not change. */
  public static List<byte[]> of(Path folder, String target) throws IOException {
    List<byte[]> inputs = new ArrayList<>();
    Path findings = folder.resolve(target);
    if (Files.isDirectory(findings)) {
      try (Stream<Path> files = Files.list(findings)) {
        for (Path file : files.sorted().toList()) {
          inputs.add(Files.readAllBytes(file));
        }
      }
    }
    Path learned = file(folder, target);
    if (Files.exists(learned)) {
      try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(learned))) {
        while (zip.getNextEntry() != null) {
          inputs.add(zip.readAllBytes());
        }
      }
    }
    return inputs;
  }

  /** Writes what a search has learned. */
  public static void write(Path file, List<byte[]> inputs) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      int number = 0;
      for (byte[] input : inputs) {
        ZipEntry entry = new ZipEntry("%04d".formatted(number++));
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
        zip.write(input);
        zip.closeEntry();
      }
    }
    Files.createDirectories(file.getParent());
    Files.write(file, bytes.toByteArray());
  }
}
