package io.runnel.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalZoneTest {
  private static final Instant SUMMER = Instant.parse("2026-07-01T00:00:00Z");
  @TempDir Path folder;
  private Path link;

  @BeforeEach
  void nameLink() {
    link = folder.resolve("localtime");
  }

  @AfterEach
  void removeLink() throws IOException {
    Files.deleteIfExists(link); // it leads out of the folder
  }

  private ZoneId machine(String target) throws IOException {
    Files.createSymbolicLink(link, Path.of(target));
    return LocalZone.id(null, null, link);
  }

  @Test
  void isTheOneThatJavaFinds() {
    assertThat(LocalZone.id().getRules().getOffset(SUMMER))
        .isEqualTo(ZoneId.systemDefault().getRules().getOffset(SUMMER));
  }

  @Test
  void theMachinesLinkNamesIt() throws IOException {
    assertThat(machine("/usr/share/zoneinfo/Europe/Berlin")).isEqualTo(ZoneId.of("Europe/Berlin"));
  }

  @Test
  void aRelativeLinkAsWell() throws IOException {
    assertThat(machine("../usr/share/zoneinfo/Asia/Tokyo")).isEqualTo(ZoneId.of("Asia/Tokyo"));
  }

  @Test
  void utcNeedsNoDatabase() throws IOException {
    assertThat(machine("/usr/share/zoneinfo/Etc/UTC")).isEqualTo(ZoneOffset.UTC);
    assertThat(LocalZone.id("", "UTC", folder.resolve("none"))).isEqualTo(ZoneOffset.UTC);
  }

  @Test
  void whatElseThereIsIsLeftToJava() throws IOException {
    ZoneId usual = ZoneId.systemDefault();
    assertThat(LocalZone.id(null, null, folder.resolve("none"))).isEqualTo(usual);
    assertThat(LocalZone.id(null, "Europe/Berlin", link)).isEqualTo(usual);
    assertThat(LocalZone.id("Europe/Berlin", "UTC", link)).isEqualTo(usual);
    assertThat(machine("/usr/share/zoneinfo/No/Where")).isEqualTo(usual);
  }
}
