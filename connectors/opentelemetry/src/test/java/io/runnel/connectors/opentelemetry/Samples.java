package io.runnel.connectors.opentelemetry;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.HexFormat;

/** Requests made with the official classes, with something in every field that matters. */
final class Samples {
  static final String TRACE_ID = "5b8efff798038103d269b633813fc60c";
  static final String SPAN_ID = "eee19b7ec3c1b174";

  private Samples() {}

  private static ByteString id(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }

  private static KeyValue pair(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  private static AnyValue text(String text) {
    return AnyValue.newBuilder().setStringValue(text).build();
  }

  private static Resource resource() {
    return Resource.newBuilder()
        .addAttributes(pair("service.name", text("shop")))
        .setDroppedAttributesCount(3)
        .build();
  }

  static ExportLogsServiceRequest logs() {
    AnyValue nested =
        AnyValue.newBuilder()
            .setKvlistValue(
                KeyValueList.newBuilder()
                    .addValues(
                        pair("min", AnyValue.newBuilder().setIntValue(Long.MIN_VALUE).build()))
                    .addValues(pair("no", AnyValue.newBuilder().setBoolValue(false).build()))
                    .addValues(
                        pair("nan", AnyValue.newBuilder().setDoubleValue(Double.NaN).build()))
                    .addValues(pair("zero", AnyValue.newBuilder().setDoubleValue(0).build()))
                    .addValues(pair("none", AnyValue.newBuilder().build()))
                    .addValues(
                        pair(
                            "bytes",
                            AnyValue.newBuilder()
                                .setBytesValue(ByteString.copyFrom(new byte[] {-1, 0, 1}))
                                .build()))
                    .addValues(
                        pair(
                            "list",
                            AnyValue.newBuilder()
                                .setArrayValue(
                                    ArrayValue.newBuilder()
                                        .addValues(text(""))
                                        .addValues(text("é")))
                                .build())))
            .build();
    return ExportLogsServiceRequest.newBuilder()
        .addResourceLogs(
            ResourceLogs.newBuilder()
                .setResource(resource())
                .setSchemaUrl("https://example.com/schema")
                .addScopeLogs(
                    ScopeLogs.newBuilder()
                        .setScope(InstrumentationScope.newBuilder().setName("lib").setVersion("1"))
                        .addLogRecords(
                            LogRecord.newBuilder()
                                .setTimeUnixNano(1_700_000_000_000_000_001L)
                                .setObservedTimeUnixNano(-1)
                                .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_WARN2)
                                .setSeverityText("WARN")
                                .setBody(text("hello"))
                                .addAttributes(pair("nested", nested))
                                .setFlags(1)
                                .setTraceId(id(TRACE_ID))
                                .setSpanId(id(SPAN_ID))
                                .setEventName("e"))
                        .addLogRecords(LogRecord.newBuilder())))
        .build();
  }

  static ExportMetricsServiceRequest metrics() {
    Exemplar exemplar =
        Exemplar.newBuilder().setAsInt(-5).setTimeUnixNano(7).setTraceId(id(TRACE_ID)).build();
    NumberDataPoint point =
        NumberDataPoint.newBuilder()
            .setAsInt(0)
            .setTimeUnixNano(9)
            .addExemplars(exemplar)
            .setFlags(1)
            .build();
    ScopeMetrics.Builder scope =
        ScopeMetrics.newBuilder()
            .addMetrics(
                Metric.newBuilder()
                    .setName("g")
                    .setUnit("1")
                    .setDescription("d")
                    .addMetadata(pair("m", text("v")))
                    .setGauge(Gauge.newBuilder().addDataPoints(point)))
            .addMetrics(
                Metric.newBuilder()
                    .setName("s")
                    .setSum(
                        Sum.newBuilder()
                            .addDataPoints(NumberDataPoint.newBuilder().setAsDouble(1.25))
                            .setAggregationTemporality(
                                AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                            .setIsMonotonic(true)))
            .addMetrics(
                Metric.newBuilder()
                    .setName("h")
                    .setHistogram(
                        Histogram.newBuilder()
                            .addDataPoints(
                                HistogramDataPoint.newBuilder()
                                    .setCount(6)
                                    .setSum(0)
                                    .setMin(-1)
                                    .setMax(Double.POSITIVE_INFINITY)
                                    .addBucketCounts(0)
                                    .addBucketCounts(1L << 40)
                                    .addExplicitBounds(0.5))))
            .addMetrics(
                Metric.newBuilder()
                    .setName("e")
                    .setExponentialHistogram(
                        ExponentialHistogram.newBuilder()
                            .addDataPoints(
                                ExponentialHistogramDataPoint.newBuilder()
                                    .setScale(-3)
                                    .setZeroCount(2)
                                    .setZeroThreshold(0.1)
                                    .setPositive(
                                        ExponentialHistogramDataPoint.Buckets.newBuilder()
                                            .setOffset(-7)
                                            .addBucketCounts(-1)
                                            .addBucketCounts(300)))))
            .addMetrics(
                Metric.newBuilder()
                    .setName("q")
                    .setSummary(
                        Summary.newBuilder()
                            .addDataPoints(
                                SummaryDataPoint.newBuilder()
                                    .setCount(2)
                                    .setSum(3.5)
                                    .addQuantileValues(
                                        SummaryDataPoint.ValueAtQuantile.newBuilder()
                                            .setQuantile(0.99)
                                            .setValue(4)))));
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder().setResource(resource()).addScopeMetrics(scope))
        .build();
  }

  static ExportTraceServiceRequest traces() {
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(resource())
                .addScopeSpans(
                    ScopeSpans.newBuilder()
                        .addSpans(
                            Span.newBuilder()
                                .setTraceId(id(TRACE_ID))
                                .setSpanId(id(SPAN_ID))
                                .setParentSpanId(id("eee19b7ec3c1b173"))
                                .setTraceState("a=b")
                                .setFlags(257)
                                .setName("GET /")
                                .setKind(Span.SpanKind.SPAN_KIND_SERVER)
                                .setStartTimeUnixNano(1)
                                .setEndTimeUnixNano(2)
                                .addEvents(Span.Event.newBuilder().setName("x").setTimeUnixNano(3))
                                .addLinks(Span.Link.newBuilder().setSpanId(id(SPAN_ID)).setFlags(1))
                                .setDroppedLinksCount(4)
                                .setStatus(
                                    Status.newBuilder()
                                        .setCode(Status.StatusCode.STATUS_CODE_ERROR)
                                        .setMessage("no")))))
        .build();
  }
}
