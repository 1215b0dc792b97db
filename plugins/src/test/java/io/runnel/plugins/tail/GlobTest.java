package io.runnel.plugins.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class GlobTest {
  private static boolean name(String pattern, String name) {
    return Glob.matchesName(pattern, name);
  }

  @Test
  void starsAndQuestionMarksStayWithinAName() {
    assertThat(name("*.log", "a.log")).isTrue();
    assertThat(name("a*b*c", "aXbYbc")).isTrue();
    assertThat(name("a*b*c", "aXbYbd")).isFalse();
    assertThat(name("?.log", "a.log")).isTrue();
    assertThat(name("?.log", ".log")).isFalse();
    assertThat(name("*", "")).isTrue();
    assertThat(new Glob("/logs/*").matches("/logs/a/b")).isFalse();
  }

  @Test
  void wildcardsDoNotMatchALeadingDot() {
    assertThat(name("*", ".hidden")).isFalse();
    assertThat(name(".*", ".hidden")).isTrue();
    assertThat(new Glob("/**/a").matches("/.git/a")).isFalse();
  }

  @Test
  void setsAndEscapes() {
    assertThat(name("[a-c].log", "b.log")).isTrue();
    assertThat(name("[^a-c].log", "b.log")).isFalse();
    assertThat(name("[!a].log", "b.log")).isTrue();
    assertThat(name("[a", "[a")).isTrue();
    assertThat(name("\\*", "*")).isTrue();
    assertThat(name("\\*", "a")).isFalse();
  }

  @Test
  void bracesAreAlternativesAndMayBeNested() {
    Glob glob = new Glob("/logs/{a,b{1,2}}.{log,txt}");
    assertThat(List.of("/logs/a.log", "/logs/b1.txt", "/logs/b2.log")).allMatch(glob::matches);
    assertThat(List.of("/logs/b.log", "/logs/a.csv")).noneMatch(glob::matches);
    assertThat(new Glob("/{open").matches("/{open")).isTrue();
  }

  @Test
  void twoStarsStandForFoldersOfAnyDepth() {
    Glob glob = new Glob("/logs/**/app.log");
    assertThat(List.of("/logs/app.log", "/logs/a/app.log", "/logs/a/b/app.log"))
        .allMatch(glob::matches);
    assertThat(List.of("/app.log", "/logs/a/b.log", "app.log")).noneMatch(glob::matches);
  }

  @Test
  void expandFindsWhatMatchesAndNotesTheFolders() throws IOException {
    FakeFiles files = new FakeFiles();
    for (String path : List.of("/l/a.log", "/l/b.txt", "/l/x/app.log", "/l/y/app.log", "/m/q")) {
      files.create(path);
    }
    assertThat(expand(files, "/l/*.log")).containsExactly("/l/a.log");
    assertThat(expand(files, "/l/a.{log,txt}")).containsExactly("/l/a.log");
    assertThat(expand(files, "/none/*")).isEmpty();
  }

  private static List<String> expand(FakeFiles files, String pattern) throws IOException {
    List<String> found = new ArrayList<>();
    TreeSet<String> folders = new TreeSet<>();
    new Glob(pattern).expand(files, folders, found::add);
    assertThat(folders).isNotEmpty();
    return found;
  }
}
