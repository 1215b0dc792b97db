package io.runnel.plugins.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.host.Clock;
import io.runnel.log.Log;
import io.runnel.plugins.tail.Changes.Change;
import io.runnel.plugins.tail.Changes.Kind;
import io.runnel.testkit.Await;
import io.runnel.testkit.RecordedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWatchTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path dir;

  private static List<Change> next(FolderWatch watch, List<Change> told) {
    try {
      told.addAll(watch.await(SECOND / 20));
      return told;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void tellsNamesThatComeAndGo() throws Exception {
    String folder = dir + "/";
    try (FolderWatch watch = new FolderWatch(Clock.system(), Log.none())) {
      assertThat(watch.watch(Set.of(folder))).isTrue();
      assertThat(watch.watch(Set.of(folder))).isFalse();
      Files.writeString(dir.resolve("a"), "x");
      Files.move(dir.resolve("a"), dir.resolve("b"));
      List<Change> told = new ArrayList<>();
      Await.await(() -> next(watch, told).contains(new Change(Kind.CREATED, folder, "b")));
      assertThat(told)
          .contains(new Change(Kind.CREATED, folder, "a"), new Change(Kind.DELETED, folder, "a"));
      assertThat(told.indexOf(new Change(Kind.CREATED, folder, "b")))
          .isEqualTo(told.indexOf(new Change(Kind.DELETED, folder, "a")) + 1);
    }
  }

  @Test
  void aFolderThatIsWrittenToVeryOftenIsPolled() throws Exception {
    String folder = dir + "/";
    try (FolderWatch watch = new FolderWatch(Clock.system(), Log.none())) {
      watch.watch(Set.of(folder));
      List<Change> told = new ArrayList<>();
      Await.await(
          () -> {
            write(300);
            return next(watch, told).contains(new Change(Kind.MODIFIED, folder, ""));
          });
      Files.writeString(dir.resolve("new"), "x");
      Await.await(() -> next(watch, told).contains(new Change(Kind.CREATED, folder, "new")));
    }
  }

  private void write(int times) {
    try {
      for (int i = 0; i < times; i++) {
        // two names in turn, because writes to one are told as one
        Files.writeString(
            dir.resolve(i % 2 == 0 ? "a" : "b"),
            "x",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void wakeEndsTheWaitingAndLeavesNoInterrupt() throws Exception {
    try (FolderWatch watch = new FolderWatch(Clock.system(), Log.none())) {
      List<Boolean> interrupted = new ArrayList<>();
      Thread thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      watch.await(3600 * SECOND);
                      interrupted.add(Thread.currentThread().isInterrupted());
                    } catch (InterruptedException e) {
                      interrupted.add(true);
                    }
                  });
      watch.wake();
      thread.join(20_000);
      assertThat(interrupted).containsExactly(false);
      assertThat(watch.await(3600 * SECOND)).isEmpty();
    }
  }

  @Test
  void aFolderThatIsDeletedIsTold() throws Exception {
    Path sub = Files.createDirectory(dir.resolve("sub"));
    try (FolderWatch watch = new FolderWatch(Clock.system(), Log.none())) {
      watch.watch(Set.of(sub + "/", dir.resolve("none") + "/"));
      Files.delete(sub);
      List<Change> told = new ArrayList<>();
      Await.await(() -> next(watch, told).contains(new Change(Kind.OVERFLOW, sub + "/", "")));
    }
  }

  @Test
  void saysOnceThatNoMoreFoldersCanBeWatchedAndTriesAgain() throws Exception {
    RecordedLog log = new RecordedLog();
    AtomicBoolean full = new AtomicBoolean(true);
    FolderWatch.Registration limited =
        (folder, service, kinds) -> {
          if (full.get()) {
            throw new IOException("User limit of inotify watches reached");
          }
          return Path.of(folder).register(service, kinds);
        };
    String a = Files.createDirectory(dir.resolve("a")) + "/";
    String b = Files.createDirectory(dir.resolve("b")) + "/";
    try (FolderWatch watch = new FolderWatch(Clock.system(), log, limited)) {
      assertThat(watch.watch(Set.of(a, b))).isFalse();
      assertThat(watch.watch(Set.of(a, b))).isFalse();
      assertThat(watch.isTold(a)).isFalse();
      assertThat(log.texts().stream().filter(text -> text.contains("max_user_watches"))).hasSize(1);
      full.set(false);
      assertThat(watch.watch(Set.of(a, b))).isTrue();
      assertThat(watch.isTold(a)).isTrue();
    }
  }
}
