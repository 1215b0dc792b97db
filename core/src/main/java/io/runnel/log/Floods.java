package io.runnel.log;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps messages of one kind from filling the disk. Messages are of one kind where level, worker
 * and plugin are the same and the texts begin alike ({@link #kind}); so many of them are let
 * through in {@link #WINDOW_MILLIS}, then the others are counted until the window ends. While the
 * flood lasts, a tenth of that is let through in each further window.
 *
 * <p>Not safe for use by several threads.
 */
final class Floods {
  static final long WINDOW_MILLIS = 10_000;

  /** Kinds that are watched at once; what comes beside them is let through. */
  private static final int MOST_KINDS = 1000;

  private static final int LONGEST_KIND = 80;

  /** What becomes of a message. */
  enum Verdict {
    WRITE,
    /** It is the last one for now, and that should be said. */
    WRITE_AS_LAST,
    COUNT
  }

  /**
   * Whose messages are alike.
   *
   * @param pluginId null for none
   */
  record Source(Level level, int workerId, String pluginId, String kind) {}

  /** Messages that were counted instead of written. */
  record Folded(Source source, long count) {}

  private static final class Window {
    private final long end;
    private final int limit;
    private long count;

    Window(long end, int limit) {
      this.end = end;
      this.limit = limit;
    }

    long folded() {
      return Math.max(0, count - limit);
    }
  }

  /** In the order of their ends, since all windows are equally long. */
  private final Map<Source, Window> windows = new LinkedHashMap<>();

  /**
   * The part of a message that does not change from one to the next: up to the first mark, digit or
   * quote behind which its own content begins.
   */
  static String kind(String message) {
    int end = Math.min(message.length(), LONGEST_KIND);
    for (int i = 0; i < end; i++) {
      char c = message.charAt(i);
      if (c >= '0' && c <= '9' || ":=\"'([{<".indexOf(c) >= 0) {
        return message.substring(0, i);
      }
    }
    return message.substring(0, end);
  }

  /**
   * Counts a message. {@link #ended} should be called first.
   *
   * @param limit messages of a kind that are written in one window
   */
  Verdict add(Source source, long millis, int limit) {
    Window window = windows.get(source);
    if (window == null) {
      if (windows.size() >= MOST_KINDS) {
        return Verdict.WRITE;
      }
      window = new Window(millis + WINDOW_MILLIS, limit);
      windows.put(source, window);
    }
    window.count++;
    return window.count < window.limit
        ? Verdict.WRITE
        : window.count == window.limit ? Verdict.WRITE_AS_LAST : Verdict.COUNT;
  }

  /**
   * Ends windows whose time is over.
   *
   * @param limit for a kind that goes on to be watched because its window had a flood
   * @return what was left out in them
   */
  List<Folded> ended(long millis, int limit) {
    List<Folded> folded = new ArrayList<>();
    List<Source> flooding = new ArrayList<>();
    Iterator<Map.Entry<Source, Window>> oldest = windows.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Source, Window> entry = oldest.next();
      // a clock that was set back ends them too
      if (entry.getValue().end > millis && entry.getValue().end <= millis + WINDOW_MILLIS) {
        break;
      }
      if (entry.getValue().folded() > 0) {
        folded.add(new Folded(entry.getKey(), entry.getValue().folded()));
        flooding.add(entry.getKey());
      }
      oldest.remove();
    }
    for (Source source : flooding) {
      windows.put(source, new Window(millis + WINDOW_MILLIS, Math.max(1, limit / 10)));
    }
    return folded;
  }

  /** Ends all windows; the result is what was left out in them. */
  List<Folded> endAll() {
    List<Folded> folded = new ArrayList<>();
    windows.forEach(
        (source, window) -> {
          if (window.folded() > 0) {
            folded.add(new Folded(source, window.folded()));
          }
        });
    windows.clear();
    return folded;
  }
}
