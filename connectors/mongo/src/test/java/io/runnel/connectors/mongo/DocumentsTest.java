package io.runnel.connectors.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventTime;
import io.runnel.event.RawBytes;
import io.runnel.testkit.RecordedLog;
import io.runnel.time.Zone;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;
import org.bson.types.Binary;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;

class DocumentsTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 123_456_789);

  private final RecordedLog log = new RecordedLog();

  private static DocumentConfig config(
      String dot, String dollar, List<String> dates, boolean numbers, List<String> ids) {
    return new DocumentConfig(
        Optional.ofNullable(dot), Optional.ofNullable(dollar), dates, numbers, ids);
  }

  private Document document(DocumentConfig config, Map<String, Object> record) {
    return new Documents(config, Zone.UTC, log).document(record, Optional.empty(), TIME);
  }

  private static DocumentConfig plain() {
    return config(null, null, List.of(), false, List.of());
  }

  @Test
  void valuesTakeTheKindsOfBson() {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("int", 7L);
    record.put("long", 5_000_000_000L);
    record.put("big", new BigInteger("18446744073709551615"));
    record.put("double", 1.5);
    record.put("none", null);
    record.put("text", "é");
    record.put("binary", new RawBytes(new byte[] {1, 2}, true));
    record.put("latin", new RawBytes(new byte[] {(byte) 0xe9}, false));
    record.put("time", EventTime.unpack(TIME));
    record.put("list", Arrays.asList(1L, Map.of("a", 2L), null));
    Document document = document(plain(), record);
    assertThat(document.get("int")).isEqualTo(7);
    assertThat(document.get("long")).isEqualTo(5_000_000_000L);
    assertThat(document.get("big")).isEqualTo(Decimal128.parse("18446744073709551615"));
    assertThat(document.get("double")).isEqualTo(1.5);
    assertThat(document).containsEntry("none", null).containsEntry("text", "é");
    assertThat(document.get("binary")).isEqualTo(new Binary(new byte[] {1, 2}));
    assertThat(document.get("latin")).isEqualTo("\ufffd");
    assertThat(document.get("time")).isEqualTo(new Date(1_700_000_000_123L));
    assertThat(document.get("list")).isEqualTo(Arrays.asList(1, new Document("a", 2), null));
  }

  @Test
  void dotsAndDollarsInKeysAreReplacedAtEachDepth() {
    Document document =
        document(
            config("_dot_", "_dollar_", List.of(), false, List.of()),
            Map.of("$a.b$", List.of(Map.of("c.d", Map.of("$e", 1L)))));
    assertThat(document)
        .isEqualTo(
            new Document(
                "_dollar_a_dot_b$",
                List.of(new Document("c_dot_d", new Document("_dollar_e", 1)))));
  }

  @Test
  void dateKeysTakeNumbersAndText() {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("seconds", 1_580_546_457L);
    record.put("millis", 1_580_546_457_010L);
    record.put("fraction", 1_580_546_457.25);
    record.put("text", "2020-02-01T08:40:57.010Z");
    record.put("number", "1580546457");
    record.put("wrong", "yesterday");
    record.put("in", Map.of("side", 1_580_546_457L));
    List<String> keys =
        List.of("seconds", "millis", "fraction", "text", "number", "wrong", "$.in.side", "absent");
    Document document = document(config(null, null, keys, true, List.of()), record);
    Date whole = new Date(1_580_546_457_000L);
    assertThat(document)
        .containsEntry("seconds", whole)
        .containsEntry("millis", new Date(1_580_546_457_010L))
        .containsEntry("fraction", new Date(1_580_546_457_250L))
        .containsEntry("text", new Date(1_580_546_457_010L))
        .containsEntry("number", whole)
        .containsEntry("wrong", null)
        .containsEntry("in", new Document("side", whole))
        .doesNotContainKey("absent");
    assertThat(log.contains("Failed to parse 'wrong' field.")).isTrue();
  }

  @Test
  void numbersInTextAreDatesOnlyWhereThatIsSaid() {
    Document document =
        document(config(null, null, List.of("at"), false, List.of()), Map.of("at", "1580546457"));
    assertThat(document.get("at")).isNotEqualTo(new Date(1_580_546_457_000L));
  }

  @Test
  void objectIdKeysTakeHexadecimalText() {
    Document document =
        document(
            config(null, null, List.of(), false, List.of("id", "wrong")),
            Map.of("id", "507f1f77bcf86cd799439011", "wrong", "x"));
    assertThat(document.get("id")).isEqualTo(new ObjectId("507f1f77bcf86cd799439011"));
    assertThat(document.get("wrong")).isNull();
    assertThat(log.contains("Failed to parse 'wrong' field. Expected object_id types")).isTrue();
  }

  @Test
  void theTimeIsADate() {
    Document document =
        new Documents(plain(), Zone.UTC, log).document(Map.of("a", 1L), Optional.of("at"), TIME);
    assertThat(document.get("at")).isEqualTo(new Date(1_700_000_000_123L));
  }

  @Test
  void aKeyThatIsNoAccessorIsRefused() {
    assertThatThrownBy(
            () ->
                new Documents(
                    config(null, null, List.of("$.a b"), false, List.of()), Zone.UTC, log))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("date_keys");
  }

  @Test
  void idsDependOnTheChunkAndTheNumberOnly() {
    byte[] chunk = new byte[16];
    chunk[3] = 9;
    ChunkIds ids = new ChunkIds(chunk);
    assertThat(ids.id(0)).isEqualTo(new ChunkIds(chunk.clone()).id(0));
    assertThat(ids.id(70_000)).isGreaterThan(ids.id(69_999));
    assertThat(ids.id(1)).isNotEqualTo(ids.id(65_537));
    chunk[15] = 1;
    assertThat(new ChunkIds(chunk).id(0)).isNotEqualTo(ids.id(0));
  }
}
