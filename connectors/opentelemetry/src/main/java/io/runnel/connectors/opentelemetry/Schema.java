package io.runnel.connectors.opentelemetry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The messages of OTLP 1.10 and of gRPC's errors: which number, name and type each field has.
 *
 * <p>In {@link #TEXT} a line without a space begins a message (or an {@code enum}), the others are
 * its fields: number, name, type. {@code *} behind a type means repeated, {@code ?} that the field
 * shows even with its default value (it belongs to a oneof, or is optional). {@code id} is bytes
 * that JSON has in hexadecimal, a capital letter begins the name of a message or enum.
 */
final class Schema {
  private static final String TEXT =
      """
      LogsRequest
      1 resourceLogs ResourceLogs*
      MetricsRequest
      1 resourceMetrics ResourceMetrics*
      TracesRequest
      1 resourceSpans ResourceSpans*
      LogsResponse
      1 partialSuccess PartialSuccess?
      PartialSuccess
      1 rejected int64
      2 errorMessage string
      RpcStatus
      1 code int32
      2 message string
      3 details Any*
      Any
      1 typeUrl string
      2 value bytes
      RetryInfo
      1 retryDelay Duration?
      Duration
      1 seconds int64
      2 nanos int32
      AnyValue
      1 stringValue string?
      2 boolValue bool?
      3 intValue int64?
      4 doubleValue double?
      5 arrayValue ArrayValue?
      6 kvlistValue KeyValueList?
      7 bytesValue bytes?
      8 stringValueStrindex int32?
      ArrayValue
      1 values AnyValue*
      KeyValueList
      1 values KeyValue*
      KeyValue
      1 key string
      2 value AnyValue?
      3 keyStrindex int32
      InstrumentationScope
      1 name string
      2 version string
      3 attributes KeyValue*
      4 droppedAttributesCount uint32
      EntityRef
      1 schemaUrl string
      2 type string
      3 idKeys string*
      4 descriptionKeys string*
      Resource
      1 attributes KeyValue*
      2 droppedAttributesCount uint32
      3 entityRefs EntityRef*
      ResourceLogs
      1 resource Resource?
      2 scopeLogs ScopeLogs*
      3 schemaUrl string
      ScopeLogs
      1 scope InstrumentationScope?
      2 logRecords LogRecord*
      3 schemaUrl string
      LogRecord
      1 timeUnixNano fixed64
      2 severityNumber SeverityNumber
      3 severityText string
      5 body AnyValue?
      6 attributes KeyValue*
      7 droppedAttributesCount uint32
      8 flags fixed32
      9 traceId id
      10 spanId id
      11 observedTimeUnixNano fixed64
      12 eventName string
      ResourceMetrics
      1 resource Resource?
      2 scopeMetrics ScopeMetrics*
      3 schemaUrl string
      ScopeMetrics
      1 scope InstrumentationScope?
      2 metrics Metric*
      3 schemaUrl string
      Metric
      1 name string
      2 description string
      3 unit string
      5 gauge Gauge?
      7 sum Sum?
      9 histogram Histogram?
      10 exponentialHistogram ExponentialHistogram?
      11 summary Summary?
      12 metadata KeyValue*
      Gauge
      1 dataPoints NumberDataPoint*
      Sum
      1 dataPoints NumberDataPoint*
      2 aggregationTemporality AggregationTemporality
      3 isMonotonic bool
      Histogram
      1 dataPoints HistogramDataPoint*
      2 aggregationTemporality AggregationTemporality
      ExponentialHistogram
      1 dataPoints ExponentialHistogramDataPoint*
      2 aggregationTemporality AggregationTemporality
      Summary
      1 dataPoints SummaryDataPoint*
      NumberDataPoint
      2 startTimeUnixNano fixed64
      3 timeUnixNano fixed64
      4 asDouble double?
      5 exemplars Exemplar*
      6 asInt sfixed64?
      7 attributes KeyValue*
      8 flags uint32
      HistogramDataPoint
      2 startTimeUnixNano fixed64
      3 timeUnixNano fixed64
      4 count fixed64
      5 sum double?
      6 bucketCounts fixed64*
      7 explicitBounds double*
      8 exemplars Exemplar*
      9 attributes KeyValue*
      10 flags uint32
      11 min double?
      12 max double?
      ExponentialHistogramDataPoint
      1 attributes KeyValue*
      2 startTimeUnixNano fixed64
      3 timeUnixNano fixed64
      4 count fixed64
      5 sum double?
      6 scale sint32
      7 zeroCount fixed64
      8 positive Buckets?
      9 negative Buckets?
      10 flags uint32
      11 exemplars Exemplar*
      12 min double?
      13 max double?
      14 zeroThreshold double
      Buckets
      1 offset sint32
      2 bucketCounts uint64*
      SummaryDataPoint
      2 startTimeUnixNano fixed64
      3 timeUnixNano fixed64
      4 count fixed64
      5 sum double
      6 quantileValues ValueAtQuantile*
      7 attributes KeyValue*
      8 flags uint32
      ValueAtQuantile
      1 quantile double
      2 value double
      Exemplar
      2 timeUnixNano fixed64
      3 asDouble double?
      4 spanId id
      5 traceId id
      6 asInt sfixed64?
      7 filteredAttributes KeyValue*
      ResourceSpans
      1 resource Resource?
      2 scopeSpans ScopeSpans*
      3 schemaUrl string
      ScopeSpans
      1 scope InstrumentationScope?
      2 spans Span*
      3 schemaUrl string
      Span
      1 traceId id
      2 spanId id
      3 traceState string
      4 parentSpanId id
      5 name string
      6 kind SpanKind
      7 startTimeUnixNano fixed64
      8 endTimeUnixNano fixed64
      9 attributes KeyValue*
      10 droppedAttributesCount uint32
      11 events Event*
      12 droppedEventsCount uint32
      13 links Link*
      14 droppedLinksCount uint32
      15 status Status?
      16 flags fixed32
      Event
      1 timeUnixNano fixed64
      2 name string
      3 attributes KeyValue*
      4 droppedAttributesCount uint32
      Link
      1 traceId id
      2 spanId id
      3 traceState string
      4 attributes KeyValue*
      5 droppedAttributesCount uint32
      6 flags fixed32
      Status
      2 message string
      3 code StatusCode
      """;

  private static final Map<String, List<String>> ENUMS =
      Map.of(
          "SeverityNumber", severities(),
          "SpanKind",
              prefixed(
                  "SPAN_KIND_",
                  "UNSPECIFIED",
                  "INTERNAL",
                  "SERVER",
                  "CLIENT",
                  "PRODUCER",
                  "CONSUMER"),
          "StatusCode", prefixed("STATUS_CODE_", "UNSET", "OK", "ERROR"),
          "AggregationTemporality",
              prefixed("AGGREGATION_TEMPORALITY_", "UNSPECIFIED", "DELTA", "CUMULATIVE"));

  private static final Map<String, Message> MESSAGES = parse();

  static final Message LOGS_REQUEST = MESSAGES.get("LogsRequest");
  static final Message METRICS_REQUEST = MESSAGES.get("MetricsRequest");
  static final Message TRACES_REQUEST = MESSAGES.get("TracesRequest");
  static final Message RESPONSE = MESSAGES.get("LogsResponse");

  /** {@code google.rpc.Status}, the details of a status of gRPC. */
  static final Message STATUS = MESSAGES.get("RpcStatus");

  /** {@code google.rpc.RetryInfo}. */
  static final Message RETRY_INFO = MESSAGES.get("RetryInfo");

  private Schema() {}

  /** Types of fields. */
  enum Kind {
    STRING,
    BYTES,
    ID,
    BOOL,
    INT32,
    UINT32,
    SINT32,
    INT64,
    UINT64,
    FIXED32,
    FIXED64,
    SFIXED64,
    DOUBLE,
    ENUM,
    MESSAGE
  }

  /**
   * A field.
   *
   * @param presence shows with its default value too
   * @param type of a message or enum, its name
   */
  record Field(
      int number, String name, Kind kind, boolean repeated, boolean presence, String type) {
    /** Its name in the protocol's own files. */
    private String snakeName() {
      StringBuilder out = new StringBuilder();
      for (char c : name.toCharArray()) {
        out.append(Character.isUpperCase(c) ? "_" + Character.toLowerCase(c) : c);
      }
      return out.toString();
    }

    Message message() {
      return MESSAGES.get(type);
    }

    /** The constants of its enum, in the order of their numbers. */
    List<String> constants() {
      return ENUMS.get(type);
    }
  }

  /** A message. */
  static final class Message {
    private final String name;
    private final List<Field> fields = new ArrayList<>();
    private final Map<String, Field> byName = new HashMap<>();

    private Message(String name) {
      this.name = name;
    }

    private void add(Field field) {
      fields.add(field);
      byName.put(field.name, field);
      byName.put(field.snakeName(), field);
    }

    String name() {
      return name;
    }

    List<Field> fields() {
      return fields;
    }

    /** Null where there is no such field, which is none of ours then. */
    Field byNumber(int number) {
      for (Field field : fields) {
        if (field.number == number) {
          return field;
        }
      }
      return null;
    }

    /** By its name in JSON, or in the protocol's own files; null where there is none. */
    Field byName(String wanted) {
      return byName.get(wanted);
    }
  }

  private static List<String> prefixed(String prefix, String... names) {
    List<String> all = new ArrayList<>();
    for (String name : names) {
      all.add(prefix + name);
    }
    return all;
  }

  private static List<String> severities() {
    List<String> all = new ArrayList<>(List.of("SEVERITY_NUMBER_UNSPECIFIED"));
    for (String level : List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")) {
      for (int i = 1; i <= 4; i++) {
        all.add("SEVERITY_NUMBER_" + level + (i == 1 ? "" : i));
      }
    }
    return all;
  }

  private static Map<String, Message> parse() {
    Map<String, Message> messages = new HashMap<>();
    Message current = null;
    for (String line : TEXT.split("\n")) {
      String[] words = line.split(" ");
      if (words.length == 1) {
        current = new Message(line);
        messages.put(line, current);
        continue;
      }
      String type = words[2].replace("*", "").replace("?", "");
      Kind kind =
          ENUMS.containsKey(type)
              ? Kind.ENUM
              : Character.isUpperCase(type.charAt(0))
                  ? Kind.MESSAGE
                  : Kind.valueOf(type.toUpperCase(Locale.ROOT));
      current.add(
          new Field(
              Integer.parseInt(words[0]),
              words[1],
              kind,
              words[2].endsWith("*"),
              words[2].endsWith("?"),
              type));
    }
    return messages;
  }
}
