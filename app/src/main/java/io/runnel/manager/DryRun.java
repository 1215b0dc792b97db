package io.runnel.manager;

import io.runnel.config.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Has the daemon itself check a configuration ({@code --dry-run}), in a process of its own, and
 * reads the faults that it prints.
 */
final class DryRun {
  /** Longer than a start can take on a slow host; a configuration may resolve names. */
  private static final long TIMEOUT_SECONDS = 120;

  /** Far more than the faults of a configuration. */
  private static final int OUTPUT_LIMIT = 1 << 20;

  private static final Pattern HEAD = Pattern.compile("^(error|warning): (.*)$");
  private static final Pattern PLACE = Pattern.compile("^ +--> (.*?):(\\d+)(?::(\\d+))?$");
  private static final Pattern HINT = Pattern.compile("^ +hint: (.*)$");

  private DryRun() {}

  /** The faults; empty where the daemon would start with this configuration. */
  static List<Finding> of(
      Image image,
      String label,
      Path config,
      List<String> arguments,
      Path directory,
      Map<String, String> variables)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of(image.daemon().toString(), "--config", config.toString()));
    command.addAll(arguments);
    command.addAll(List.of("--dry-run", "-q"));
    Path output = Files.createTempFile("runnel-check", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(false)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(output.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      builder.environment().putAll(variables);
      if (Files.isDirectory(directory)) {
        builder.directory(directory.toFile());
      }
      int status = waitFor(builder.start());
      String text = head(output);
      List<Finding> findings = parse(label, text);
      if (status != 0 && findings.stream().noneMatch(Finding::fatal)) {
        Finding.Side side = new Finding.Side(label, new Place(config.toString(), 0, 0), "", 0);
        String message = "the daemon would not start (exit status " + status + ")";
        findings.add(new Finding("config", true, message, List.of(side), null, text));
      }
      return findings;
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static int waitFor(Process process) throws IOException {
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("the dry run does not end within " + TIMEOUT_SECONDS + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String head(Path output) throws IOException {
    try (var in = Files.newInputStream(output)) {
      return new String(in.readNBytes(OUTPUT_LIMIT), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  /** Reads what {@link io.runnel.config.ProblemPrinter} prints. */
  static List<Finding> parse(String label, String text) {
    List<Finding> findings = new ArrayList<>();
    List<String> block = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (HEAD.matcher(line).matches() && !block.isEmpty()) {
        add(label, block, findings);
        block.clear();
      }
      if (!block.isEmpty() || HEAD.matcher(line).matches()) {
        block.add(line);
      }
    }
    if (!block.isEmpty()) {
      add(label, block, findings);
    }
    return findings;
  }

  private static void add(String label, List<String> block, List<Finding> findings) {
    Matcher head = HEAD.matcher(block.getFirst());
    if (!head.matches()) {
      return;
    }
    Place place = Place.NONE;
    String hint = null;
    for (String line : block.subList(1, block.size())) {
      Matcher at = PLACE.matcher(line);
      Matcher what = HINT.matcher(line);
      if (at.matches() && place == Place.NONE) {
        int column = at.group(3) == null ? 0 : Integer.parseInt(at.group(3));
        place = new Place(at.group(1), Integer.parseInt(at.group(2)), column);
      } else if (what.matches()) {
        hint = what.group(1);
      }
    }
    findings.add(
        new Finding(
            "config",
            head.group(1).equals("error"),
            head.group(2),
            List.of(new Finding.Side(label, place, "", 0)),
            hint,
            String.join("\n", block) + "\n"));
  }
}
