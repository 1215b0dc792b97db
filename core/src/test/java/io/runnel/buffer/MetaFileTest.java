package io.runnel.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.MsgpackException;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetaFileTest {
  private static final String ID = "60a1b2c3d4e5f60718293a4b5c6d7e8f";

  /** As Fluentd writes it: header, length 0x58, the eight keys, tag in the bin family. */
  private static final String FLUENTD =
      "c10000000058"
          + "88a774696d656b6579ce6b04b760"
          + "a3746167c409746573742e66696c65"
          + "a97661726961626c657381a16ba27631"
          + "a373657100"
          + "a26964c410"
          + ID
          + "a17301"
          + "a163ce6b04ba1a"
          + "a16dce6b04ba1a";

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Test
  void readsWhatFluentdWrites() {
    MetaFile.Content content = MetaFile.decode(bytes(FLUENTD));
    assertThat(content.metadata())
        .isEqualTo(new Metadata(0x6b04b760L, "test.file", Map.of("k", "v1"), 0));
    assertThat(content.id()).isEqualTo(bytes(ID));
    assertThat(content.records()).isEqualTo(1);
    assertThat(content.created()).isEqualTo(0x6b04ba1aL);
    assertThat(content.modified()).isEqualTo(0x6b04ba1aL);
  }

  @Test
  void writesTheSameBytesButForTheStringTag() {
    MetaFile.Content content = MetaFile.decode(bytes(FLUENTD));
    String strTag =
        FLUENTD.replace("0058", "0057").replace("c409746573742e66696c65", "a9746573742e66696c65");
    assertThat(HexFormat.of().formatHex(MetaFile.encode(content))).isEqualTo(strTag);
  }

  @Test
  void ignoresStaleBytesBehindTheMap() {
    assertThat(MetaFile.decode(bytes(FLUENTD + "a16dce6b04ba1a")).records()).isEqualTo(1);
  }

  @Test
  void readsTheOldFormWithoutHeader() {
    MetaFile.Content content = MetaFile.decode(bytes(FLUENTD.substring(12)));
    assertThat(content.metadata().tag()).isEqualTo("test.file");
    assertThat(content.records()).isEqualTo(1);
  }

  @Test
  void readsNilTimekeyTagAndVariables() {
    MetaFile.Content content = new MetaFile.Content(Metadata.NONE, bytes(ID), 70_000, 5, 6);
    MetaFile.Content back = MetaFile.decode(MetaFile.encode(content));
    assertThat(back.metadata()).isEqualTo(Metadata.NONE);
    assertThat(back.records()).isEqualTo(70_000);
  }

  @Test
  void refusesTornAndForeignContent() {
    byte[] whole = bytes(FLUENTD);
    for (int length = 0; length < whole.length; length++) {
      byte[] torn = java.util.Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> MetaFile.decode(torn)).isInstanceOf(MsgpackException.class);
    }
    assertThatThrownBy(() -> MetaFile.decode(bytes("c100ffffffff80")))
        .isInstanceOf(MsgpackException.class);
  }
}
