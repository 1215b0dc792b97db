package io.runnel.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Renders faults for people: the message, the place, the line of the file with a caret below, and
 * what would be right.
 *
 * <pre>
 * error: unmatched end tag at a.conf line 3,1
 *   --&gt; a.conf:3:1
 *    3 | &lt;/match&gt;
 *      | ^
 *   hint: expected &lt;/source&gt;: &lt;source&gt; opens at line 1
 * </pre>
 */
public final class ProblemPrinter {
  /** A longer line is shown around the caret only. */
  private static final int MAX_WIDTH = 160;

  private final Map<String, String> sources;

  /**
   * @param sources texts by the file name of a place (see {@link ConfigReader#sources()}); a file
   *     that is not in it is read
   */
  public ProblemPrinter(Map<String, String> sources) {
    this.sources = sources;
  }

  public String print(Problems problems) {
    StringBuilder out = new StringBuilder();
    problems.all().forEach(problem -> print(problem, out));
    return out.toString();
  }

  public String print(Problems.Problem problem) {
    StringBuilder out = new StringBuilder();
    print(problem, out);
    return out.toString();
  }

  private void print(Problems.Problem problem, StringBuilder out) {
    out.append(problem.fatal() ? "error: " : "warning: ").append(problem.message()).append('\n');
    Place place = problem.place();
    if (place != null && place.line() > 0) {
      out.append("  --> ").append(place.file()).append(':').append(place.line());
      if (place.column() > 0) {
        out.append(':').append(place.column());
      }
      out.append('\n');
      String line = line(place);
      if (line != null) {
        excerpt(line, place, out);
      }
    }
    if (problem.hint() != null) {
      out.append("  hint: ").append(problem.hint()).append('\n');
    }
  }

  private static void excerpt(String line, Place place, StringBuilder out) {
    int column = Math.clamp(place.column(), 1, line.length() + 1);
    int from = Math.max(0, Math.min(column - 1 - MAX_WIDTH / 2, line.length() - MAX_WIDTH));
    String part = line.substring(from, Math.min(line.length(), from + MAX_WIDTH));
    String number = String.format("%5d", place.line());
    out.append(number).append(" | ").append(part).append('\n');
    out.append(" ".repeat(number.length())).append(" | ");
    for (int i = from; i < column - 1; i++) {
      out.append(line.charAt(i) == '\t' ? '\t' : ' ');
    }
    out.append("^\n");
  }

  private String line(Place place) {
    String text = sources.get(place.file());
    List<String> lines = text == null ? read(place.file()) : text.lines().toList();
    return place.line() <= lines.size()
        ? lines.get(place.line() - 1)
        : place.line() == lines.size() + 1 ? "" : null;
  }

  private static List<String> read(String file) {
    try {
      Path path = Path.of(file);
      boolean small = Files.isRegularFile(path) && Files.size(path) <= ConfigLoader.MAX_BYTES;
      return small ? Files.readAllLines(path) : List.of();
    } catch (IOException | IllegalArgumentException e) {
      // The message and the place are enough where the file is gone, or was never one.
      return List.of();
    }
  }
}
