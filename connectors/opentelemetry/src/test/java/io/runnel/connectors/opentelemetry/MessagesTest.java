package io.runnel.connectors.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.runnel.event.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Our reader and writer against the official classes. */
class MessagesTest {
  private static String json(Signal signal, Message message) {
    byte[] bytes = message.toByteArray();
    return signal.json(bytes, 0, bytes.length);
  }

  private static byte[] message(Signal signal, String json) {
    Bytes out = new Bytes();
    signal.message(json.getBytes(StandardCharsets.UTF_8), out);
    return out.toByteArray();
  }

  @Test
  void whatIsReadAndWrittenIsTheSameMessage() throws Exception {
    assertThat(
            ExportLogsServiceRequest.parseFrom(
                message(Signal.LOGS, json(Signal.LOGS, Samples.logs()))))
        .isEqualTo(Samples.logs());
    assertThat(
            ExportMetricsServiceRequest.parseFrom(
                message(Signal.METRICS, json(Signal.METRICS, Samples.metrics()))))
        .isEqualTo(Samples.metrics());
    assertThat(
            ExportTraceServiceRequest.parseFrom(
                message(Signal.TRACES, json(Signal.TRACES, Samples.traces()))))
        .isEqualTo(Samples.traces());
  }

  @Test
  void jsonHasTheFormOfTheProtocol() {
    assertThat(json(Signal.LOGS, Samples.logs()))
        .contains(
            "\"timeUnixNano\":\"1700000000000000001\"",
            "\"observedTimeUnixNano\":\"18446744073709551615\"",
            "\"severityNumber\":\"SEVERITY_NUMBER_WARN2\"",
            "\"traceId\":\"" + Samples.TRACE_ID + "\"",
            "{\"key\":\"min\",\"value\":{\"intValue\":\"-9223372036854775808\"}}",
            "{\"key\":\"no\",\"value\":{\"boolValue\":false}}",
            "{\"key\":\"nan\",\"value\":{\"doubleValue\":\"NaN\"}}",
            "{\"key\":\"bytes\",\"value\":{\"bytesValue\":\"/wAB\"}}",
            "\"droppedAttributesCount\":3")
        .endsWith(",{}]}],\"schemaUrl\":\"https://example.com/schema\"}]}");
  }

  @Test
  void everyFieldOfTheOfficialMessagesIsKnown() {
    Set<String> seen = new HashSet<>();
    compare(Schema.LOGS_REQUEST, ExportLogsServiceRequest.getDescriptor(), seen);
    compare(Schema.METRICS_REQUEST, ExportMetricsServiceRequest.getDescriptor(), seen);
    compare(Schema.TRACES_REQUEST, ExportTraceServiceRequest.getDescriptor(), seen);
    assertThat(seen).hasSizeGreaterThan(25);
  }

  private static void compare(Schema.Message ours, Descriptor official, Set<String> seen) {
    if (!seen.add(official.getFullName())) {
      return;
    }
    assertThat(ours.fields()).as(official.getFullName()).hasSameSizeAs(official.getFields());
    for (FieldDescriptor field : official.getFields()) {
      Schema.Field own = ours.byNumber(field.getNumber());
      String where = official.getFullName() + "." + field.getName();
      assertThat(own).as(where).isNotNull();
      assertThat(own.name()).as(where).isEqualTo(field.getJsonName());
      assertThat(ours.byName(field.getName())).as(where).isEqualTo(own);
      assertThat(own.repeated()).as(where).isEqualTo(field.isRepeated());
      assertThat(own.presence()).as(where).isEqualTo(field.hasPresence());
      String kind = own.kind() == Schema.Kind.ID ? "BYTES" : own.kind().name();
      assertThat(kind).as(where).isEqualTo(field.getType().name());
      if (own.kind() == Schema.Kind.ENUM) {
        assertThat(own.constants())
            .as(where)
            .isEqualTo(field.getEnumType().getValues().stream().map(v -> v.getName()).toList());
      }
      if (own.kind() == Schema.Kind.MESSAGE) {
        compare(own.message(), field.getMessageType(), seen);
      }
    }
  }

  @Test
  void jsonIsReadAsTolerantlyAsTheProtocolAsksFor() throws Exception {
    String json =
        """
        {"resource_logs": [{"unknown": [1, {"a": 2}], "scopeLogs": [{"log_records": [{
          "timeUnixNano": 17, "severityNumber": 14, "traceId": "%s", "spanId": "7uGbfsPBsXQ=",
          "body": null, "flags": 1.0, "attributes": [
            {"key": "d", "value": {"doubleValue": 3}},
            {"key": "i", "value": {"intValue": "4"}}]}]}]}]}
        """
            .formatted(Samples.TRACE_ID.toUpperCase());
    var record =
        ExportLogsServiceRequest.parseFrom(message(Signal.LOGS, json))
            .getResourceLogs(0)
            .getScopeLogs(0)
            .getLogRecords(0);
    assertThat(record.getTimeUnixNano()).isEqualTo(17);
    assertThat(record.getSeverityNumberValue()).isEqualTo(14);
    assertThat(record.getTraceId().size()).isEqualTo(16);
    assertThat(record.getSpanId())
        .isEqualTo(Samples.logs().getResourceLogs(0).getScopeLogs(0).getLogRecords(0).getSpanId());
    assertThat(record.getFlags()).isEqualTo(1);
    assertThat(record.getAttributes(0).getValue().getDoubleValue()).isEqualTo(3);
    assertThat(record.getAttributes(1).getValue().getIntValue()).isEqualTo(4);
    assertThat(record.hasBody()).isFalse();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    for (String json :
        new String[] {
          "[]",
          "{",
          "{\"resourceLogs\": {}}",
          "{\"resourceLogs\": [1]}",
          "{\"resourceLogs\": [{\"schemaUrl\": 1}]}",
          "{\"resourceLogs\": [{\"scopeLogs\": [{\"logRecords\": [{\"timeUnixNano\": \"x\"}]}]}]}",
          "{\"resourceLogs\": [{\"scopeLogs\": [{\"logRecords\": [{\"flags\": 1.5}]}]}]}",
          "{\"resourceLogs\": [{\"scopeLogs\": [{\"logRecords\": [{\"traceId\": \"xyz\"}]}]}]}",
          "{\"resourceLogs\": [{\"scopeLogs\": [{\"logRecords\": [{\"severityNumber\":"
              + " \"LOUD\"}]}]}]}"
        }) {
      assertThatThrownBy(() -> message(Signal.LOGS, json))
          .as(json)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** Bytes from outside do no harm, whatever they are. */
  @Test
  void brokenMessagesAreRefusedOrRead() {
    byte[] good = Samples.metrics().toByteArray();
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = good.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(bytes.length + 1);
      try {
        Signal.METRICS.json(bytes, 0, length);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
    AnyValue deep = AnyValue.getDefaultInstance();
    for (int i = 0; i < 100; i++) {
      deep = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(deep)).build();
    }
    byte[] nested =
        ExportLogsServiceRequest.newBuilder()
            .addResourceLogs(
                ResourceLogs.newBuilder()
                    .addScopeLogs(
                        ScopeLogs.newBuilder().addLogRecords(LogRecord.newBuilder().setBody(deep))))
            .build()
            .toByteArray();
    assertThatThrownBy(() -> MessageReader.read(Schema.LOGS_REQUEST, nested, 0, nested.length))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nested deeper than 64 messages");
  }
}
