package io.runnel.testkit.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the seeds and tokens of a target for {@code bench/fuzz}; without a name lists targets. */
public final class SeedFiles {
  private SeedFiles() {}

  /**
   * @param arguments a target's name, a folder for its seeds, a file for its tokens in libFuzzer's
   *     form
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0) {
      FuzzTargets.all().forEach(System.out::println);
      return;
    }
    FuzzTarget target = FuzzTargets.named(arguments[0]);
    Path folder = Files.createDirectories(Path.of(arguments[1]));
    int number = 0;
    for (byte[] seed : target.seeds()) {
      Files.write(folder.resolve("seed-" + number++), seed);
    }
    StringBuilder dictionary = new StringBuilder();
    for (byte[] token : target.tokens()) {
      dictionary.append('"');
      for (byte b : token) {
        dictionary.append("\\x%02x".formatted(b & 0xff));
      }
      dictionary.append("\"\n");
    }
    Files.writeString(Path.of(arguments[2]), dictionary, StandardCharsets.US_ASCII);
  }
}
