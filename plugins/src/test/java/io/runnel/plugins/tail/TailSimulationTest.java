package io.runnel.plugins.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigSpec;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.log.Log;
import io.runnel.metrics.Metrics;
import io.runnel.plugin.BufferOverflowException;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Emitter;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random appends, rotations, stops, kills and refused emits; afterwards every whole line must have
 * come: once, or at least once where there was a kill. A failing seed is part of the message; the
 * property {@code runnel.simulation.seeds} plays more of them.
 */
class TailSimulationTest {
  private static final int SEEDS = Integer.getInteger("runnel.simulation.seeds", 50);

  /** The process dies here. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @TempDir Path dir;

  @Test
  void renamesThatThePathDoesNotCover() throws Exception {
    run("/logs/app.log", Rotation.RENAME, false, false);
  }

  @Test
  void renamesThatThePathDoesNotCoverWithKills() throws Exception {
    run("/logs/app.log", Rotation.RENAME, true, false);
  }

  @Test
  void renamesThatThePathCovers() throws Exception {
    run("/logs/app.log*", Rotation.RENAME, false, false);
  }

  @Test
  void renamesThatThePathCoversWithKills() throws Exception {
    run("/logs/app.log*", Rotation.RENAME, true, false);
  }

  @Test
  void shiftingNames() throws Exception {
    run("/logs/app.log*", Rotation.SHIFT, true, false);
  }

  @Test
  void shiftingNamesThatThePathDoesNotCover() throws Exception {
    run("/logs/app.log", Rotation.SHIFT, false, false);
  }

  @Test
  void linksThatMove() throws Exception {
    run("/logs/current", Rotation.LINK, false, false);
  }

  @Test
  void truncatedFiles() throws Exception {
    run("/logs/app.log", Rotation.TRUNCATE, true, false);
  }

  @Test
  void multilineEventsWithKills() throws Exception {
    run("/logs/app.log", Rotation.RENAME, true, true);
  }

  /** Files that came and went between two looks, and the operating system could not say so. */
  @Test
  void renamesOfWhichSomeAreNotTold() throws Exception {
    run("/logs/app.log", Rotation.RENAME, false, false, Telling.SOME);
    run("/logs/*.log", Rotation.RENAME, false, false, Telling.SOME);
  }

  @Test
  void shiftingNamesOfWhichSomeAreNotTold() throws Exception {
    run("/logs/app.log", Rotation.SHIFT, false, false, Telling.SOME);
  }

  @Test
  void renamesThatAreNotToldAtAll() throws Exception {
    run("/logs/app.log", Rotation.RENAME, false, false, Telling.NONE);
    run("/logs/app.log*", Rotation.RENAME, true, false, Telling.NONE);
  }

  @Test
  void shiftingNamesThatAreNotToldAtAll() throws Exception {
    run("/logs/app.log", Rotation.SHIFT, false, false, Telling.NONE);
  }

  @Test
  void truncatedFilesOfWhichSomeAreNotTold() throws Exception {
    run("/logs/app.log", Rotation.TRUNCATE, true, false, Telling.SOME);
  }

  /** How much of what happens the operating system tells. */
  private enum Telling {
    ALL,
    /** Its queue is short. */
    SOME,
    /** There is no watching. */
    NONE
  }

  private enum Rotation {
    RENAME,
    SHIFT,
    LINK,
    TRUNCATE
  }

  private void run(String path, Rotation rotation, boolean kills, boolean multiline)
      throws Exception {
    run(path, rotation, kills, multiline, Telling.ALL);
  }

  private void run(
      String path, Rotation rotation, boolean kills, boolean multiline, Telling telling)
      throws Exception {
    int overflows = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Path pos = dir.resolve(rotation + "-" + path.hashCode() + kills + multiline + seed);
      World world = new World(seed, pos, path, rotation, kills, multiline);
      world.tell(telling);
      try {
        world.play();
        world.settle();
        world.check();
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed + "\n" + world.files + world.history, e);
      }
      overflows += world.files.overflows;
    }
    assertThat(overflows > 0).as("%d overflows", overflows).isEqualTo(telling == Telling.SOME);
  }

  /** One run: the file system, the program that writes, and the tail. */
  private static final class World implements Emitter {
    final Random random;
    final FakeFiles files = new FakeFiles();
    final ManualClock clock = ManualClock.standard();
    final List<String> history = new ArrayList<>();
    final List<String> written = new ArrayList<>();
    final Map<String, Integer> got = new HashMap<>();
    final List<String> uncommitted = new ArrayList<>();
    final Path pos;
    final TailConfig config;
    final Rotation rotation;
    final boolean kills;
    final boolean multiline;
    final boolean covered;
    FakeFiles.Node live;
    String pending = "";
    int lines;
    int rotations;
    int rotationsWhileDown;
    boolean knownToTail;
    int killIn = -1;
    int boots;
    boolean mayRepeat;
    boolean refusing;
    PositionFile positions;
    TailLoop loop;

    World(long seed, Path pos, String path, Rotation rotation, boolean kills, boolean multiline) {
      this.random = new Random(seed);
      this.pos = pos;
      this.rotation = rotation;
      this.kills = kills;
      this.multiline = multiline;
      this.covered = path.endsWith("*");
      ConfigElement section =
          TestPlugins.section(
              "source",
              "path "
                  + path
                  + "\ntag t\nread_from_head true\nrefresh_interval "
                  + (1 + random.nextInt(5))
                  + "\nrotate_wait 2\nread_lines_limit "
                  + (1 + random.nextInt(20))
                  + "\n<parse>\n@type line\n</parse>");
      this.config = ConfigSpec.of(TailConfig.class).bind(section, false);
      files.beforeRead = this::maybeDie;
      files.clock = clock::millis;
      createLive();
    }

    void tell(Telling telling) {
      files.watchable = telling != Telling.NONE;
      if (telling == Telling.SOME) {
        files.queueLimit = 1 + random.nextInt(12);
        files.overflowClears = random.nextBoolean();
      }
    }

    void maybeDie() {
      if (killIn > 0 && --killIn == 0) {
        throw new Killed();
      }
    }

    void createLive() {
      String name = "/logs/app.log";
      if (rotation == Rotation.LINK) {
        name = "/logs/real-" + rotations;
      }
      live = files.create(name);
      knownToTail = false;
      if (rotation == Rotation.LINK) {
        files.link(name, "/logs/current");
      }
    }

    void play() throws IOException {
      start();
      for (int step = 0; step < 60; step++) {
        int dice = random.nextInt(100);
        if (dice < 45) {
          write();
        } else if (dice < 60) {
          rotate();
        } else if (dice < 90) {
          turn();
        } else if (dice < 94) {
          refusing = !refusing;
        } else if (loop != null) {
          stop();
        } else {
          start();
        }
      }
    }

    void write() {
      StringBuilder text = new StringBuilder(pending);
      for (int i = random.nextInt(8); i >= 0; i--) {
        String line = "line " + lines++;
        written.add(line);
        text.append(multiline ? "START " + line + "\n more of " + line : line).append('\n');
      }
      int cut = random.nextInt(4) == 0 ? random.nextInt(text.length()) : text.length();
      files.append(live, text.substring(0, cut).getBytes(StandardCharsets.UTF_8));
      pending = text.substring(cut);
      history.add("write " + cut + " of " + text.length());
    }

    /** What a program and logrotate may do together without losing lines themselves. */
    void rotate() throws IOException {
      boolean safe = loop != null ? mayRotate() : rotationsWhileDown == 0 || covered;
      if (!safe || !covered && rotation != Rotation.SHIFT && loop == null && !knownToTail) {
        return;
      }
      files.append(live, pending.getBytes(StandardCharsets.UTF_8));
      pending = "";
      history.add("rotate");
      switch (rotation) {
        case RENAME -> {
          files.rename("/logs/app.log", String.format("/logs/app.log.%04d", rotations));
          late();
          createLive();
        }
        case SHIFT -> {
          if (loop == null) {
            return;
          }
          for (int i = rotations; i > 0; i--) {
            if (files.exists("/logs/app.log." + i)) {
              files.rename("/logs/app.log." + i, "/logs/app.log." + (i + 1));
            }
          }
          files.rename("/logs/app.log", "/logs/app.log.1");
          createLive();
        }
        case LINK -> {
          turnUntilKnown();
          late();
          rotations++;
          createLive();
          turnUntilKnown();
          return;
        }
        case TRUNCATE -> {
          if (loop == null) {
            return;
          }
          settle();
          files.truncate(live);
          sweep();
        }
      }
      rotations++;
      if (loop == null) {
        rotationsWhileDown++;
      }
    }

    /** A line that is written to the old file after the rename. */
    private void late() {
      if (random.nextBoolean()) {
        write();
        files.append(live, pending.getBytes(StandardCharsets.UTF_8));
        pending = "";
      }
    }

    boolean mayRotate() {
      return killIn < 0 || covered; // a kill that is due might come before the file was seen
    }

    void turnUntilKnown() throws IOException {
      if (loop == null) {
        start();
      }
      boolean refused = refusing;
      int kill = killIn;
      killIn = -1;
      refusing = false;
      sweep();
      refusing = refused;
      killIn = kill;
    }

    void sweep() throws IOException {
      clock.advance(Duration.ofSeconds(6));
      turn();
    }

    void start() throws IOException {
      if (loop != null) {
        return;
      }
      history.add("start");
      files.tells = true;
      positions = PositionFile.open(pos, false, null, "boot" + boots, Log.none());
      FileHeads heads = new FileHeads(pos.resolveSibling(pos.getFileName() + ".heads"), Log.none());
      loop =
          Tail.create(
              new Tail.Parts(
                  config,
                  new LineParser(),
                  multiline,
                  multiline ? World::isFirst : null,
                  null,
                  LineEncoding.of(config.fromEncoding(), config.encoding()),
                  text -> text,
                  files,
                  files,
                  this,
                  new TailMetrics(new Metrics()),
                  clock,
                  Log.none()),
              positions,
              heads);
      rotationsWhileDown = 0;
      boolean refused = refusing;
      turn();
      refusing = refused;
      if (kills && random.nextInt(3) == 0) {
        killIn = 20 + random.nextInt(200);
      }
    }

    private static boolean isFirst(byte[] text, int offset, int length) {
      return length > 0 && text[offset] == 'S';
    }

    void turn() throws IOException {
      if (loop == null) {
        return;
      }
      clock.advanceMillis(random.nextInt(1500));
      List<Changes.Change> told = files.await(0);
      try {
        loop.turn(told);
        knownToTail = true;
      } catch (Killed e) {
        die();
      }
    }

    /**
     * Everything in memory is gone. Where the process was killed, what was emitted is there all the
     * same; where the machine has ended, some of what was not committed may have reached the disk.
     */
    void die() throws IOException {
      boolean powerLoss = random.nextBoolean();
      history.add(powerLoss ? "power loss" : "killed");
      int kept = powerLoss ? random.nextInt(uncommitted.size() + 1) : uncommitted.size();
      if (powerLoss) {
        boots++;
        mayRepeat = true;
      }
      uncommitted.subList(0, kept).forEach(line -> got.merge(line, 1, Integer::sum));
      uncommitted.clear();
      forget();
    }

    void stop() throws IOException {
      history.add("stop");
      killIn = -1;
      refusing = false; // what cannot be committed at a stop is repeated
      if (multiline) {
        turn();
        if (loop != null) {
          die(); // a stop would emit half an event, as it should
        }
        return;
      }
      loop.finish(files.await(0));
      uncommitted.forEach(line -> got.merge(line, 1, Integer::sum));
      uncommitted.clear();
      forget();
    }

    private void forget() throws IOException {
      killIn = -1;
      positions.close();
      files.closeAllHandles();
      loop = null;
    }

    /** Gives the tail all the time it wants. */
    void settle() throws IOException {
      refusing = false;
      killIn = -1;
      start();
      killIn = -1;
      files.append(live, pending.getBytes(StandardCharsets.UTF_8));
      pending = "";
      for (int i = 0; i < 12; i++) {
        clock.advanceMillis(1500);
        loop.turn(files.await(0));
      }
      if (multiline) {
        loop.finish(files.await(0));
        uncommitted.forEach(line -> got.merge(line, 1, Integer::sum));
        uncommitted.clear();
        forget();
      }
    }

    /** Killed or not: only a power loss or a failing disk may repeat a line. */
    void check() {
      List<String> missing = written.stream().filter(line -> !got.containsKey(line)).toList();
      assertThat(missing).as("missing").isEmpty();
      assertThat(written).as("only whole lines").containsAll(got.keySet());
      if (!mayRepeat) {
        got.forEach((line, count) -> assertThat(count).as(line).isEqualTo(1));
      }
    }

    @Override
    public void emit(String tag, EventStream stream) {
      maybeDie();
      if (refusing && random.nextInt(3) > 0) {
        throw new BufferOverflowException("buffer space has too many data");
      }
      for (Event event : stream.events()) {
        String text = (String) event.record().get("message");
        uncommitted.add(multiline ? whole(text) : text);
      }
    }

    private static String whole(String text) {
      String line = text.substring("START ".length(), text.indexOf('\n'));
      assertThat(text).isEqualTo("START " + line + "\n more of " + line);
      return line;
    }

    @Override
    public void commit() {
      maybeDie();
      if (refusing && random.nextInt(4) == 0) {
        mayRepeat = true; // killed now, it cannot rely on what was emitted
        throw new EmitException("disk");
      }
      uncommitted.forEach(line -> got.merge(line, 1, Integer::sum));
      uncommitted.clear();
    }

    @Override
    public void emitError(String tag, long time, Map<String, Object> record, Throwable error) {
      throw new AssertionError(error);
    }
  }
}
