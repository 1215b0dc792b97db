package io.runnel.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.LocalDate;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
  @TempDir Path folder;

  private static void write(LogFile file, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    file.write(bytes, 0, bytes.length);
  }

  @Test
  void rotatesBySizeAndKeepsGenerations() throws IOException {
    Path path = folder.resolve("x.log");
    try (LogFile file = new LogFile(path, new LogFile.Rotation.BySize(2, 10))) {
      write(file, "1111111\n");
      write(file, "2222222\n");
      write(file, "3333333\n");
      write(file, "4444444\n");
    }
    assertThat(path).hasContent("4444444");
    assertThat(folder.resolve("x.log.0")).hasContent("3333333");
    assertThat(folder.resolve("x.log.1")).hasContent("2222222");
    assertThat(folder.resolve("x.log.2")).doesNotExist();
  }

  @Test
  void rotatesByDay() throws IOException {
    Path path = folder.resolve("d.log");
    Files.writeString(path, "old\n");
    LocalDate before = LocalDate.now(ZoneId.systemDefault()).minusDays(3);
    Files.setLastModifiedTime(
        path, FileTime.from(before.atTime(12, 0).atZone(ZoneId.systemDefault()).toInstant()));
    try (LogFile file =
        new LogFile(path, new LogFile.Rotation.ByPeriod(LogFile.Rotation.Period.DAILY))) {
      write(file, "new\n");
    }
    assertThat(path).hasContent("new");
    assertThat(folder.resolve("d.log." + before.toString().replace("-", ""))).hasContent("old");
  }

  @Test
  void reopensAfterAnOutsideRotation() throws IOException {
    Path path = folder.resolve("r.log");
    try (LogFile file = new LogFile(path, new LogFile.Rotation.Never())) {
      write(file, "one\n");
      Files.move(path, folder.resolve("r.log.1"));
      write(file, "two\n");
      file.reopen();
      write(file, "three\n");
    }
    assertThat(folder.resolve("r.log.1")).hasContent("one\ntwo");
    assertThat(path).hasContent("three");
  }
}
