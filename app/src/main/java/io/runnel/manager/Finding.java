package io.runnel.manager;

import io.runnel.config.Place;
import java.util.List;

/**
 * Something that is wrong: a fault of a configuration, or a clash between two sides.
 *
 * @param kind one word for programs: {@code config}, {@code port}, {@code path}, {@code tail}
 * @param fatal false for a warning
 * @param message what is wrong, without the places
 * @param sides who is concerned: one for a fault, two for a clash
 * @param hint what to do; null where there is nothing to say
 * @param excerpt lines of the file with a caret; empty where there are none
 */
public record Finding(
    String kind, boolean fatal, String message, List<Side> sides, String hint, String excerpt) {
  /**
   * One side.
   *
   * @param owner the instance or the file; for a process its name
   * @param place where the configuration says so; {@link Place#NONE} for a process
   * @param user which section of it
   * @param pid the process; 0 where it is a configuration
   */
  public record Side(String owner, Place place, String user, long pid) {
    public String text() {
      if (pid != 0) {
        return "process " + owner + " (pid " + pid + ")";
      }
      return place.equals(Place.NONE) ? owner : place + " (" + owner + ": " + user + ")";
    }
  }
}
