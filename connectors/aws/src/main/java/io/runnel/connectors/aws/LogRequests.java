package io.runnel.connectors.aws;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackToJson;
import io.runnel.log.Log;
import io.runnel.plugin.FormatException;
import io.runnel.plugins.client.Batch;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Sends the events of one log stream in the order of their times, as requests within the service's
 * limits: a number of events, a MiB, a day. Safe for use by several threads at once.
 */
final class LogRequests {
  /** Bytes of a request: messages, and what counts for each event. */
  private static final int MOST_BYTES = 1_048_576;

  private static final int EVENT_OVERHEAD = 26;
  private static final long DAY_MILLIS = 24 * 60 * 60 * 1_000L;

  private final AwsService service;
  private final Optional<LogGroups> groups;
  private final int mostEvents;
  private final boolean logRejected;
  private final Log log;

  /**
   * @param groups makes what is not there; empty where it is to be waited for
   */
  LogRequests(
      AwsService service,
      Optional<LogGroups> groups,
      int mostEvents,
      boolean logRejected,
      Log log) {
    this.service = service;
    this.groups = groups;
    this.mostEvents = mostEvents;
    this.logRejected = logRejected;
    this.log = log;
  }

  static void checkSize(LogTarget target, int bytes) throws FormatException {
    if (bytes + EVENT_OVERHEAD > MOST_BYTES) {
      throw new FormatException(
          "Log event in %s is discarded because it is too large: %d bytes exceeds limit of %d"
              .formatted(target.group(), bytes + EVENT_OVERHEAD, MOST_BYTES));
    }
  }

  void send(Batch<LogTarget> batch) throws IOException {
    List<Integer> order =
        IntStream.range(0, batch.count())
            .boxed()
            .sorted(Comparator.comparingLong(i -> millis(batch.time(i))))
            .toList();
    int from = 0;
    long bytes = 0;
    for (int at = 0; at < order.size(); at++) {
      int i = order.get(at);
      long size = batch.length(i) + EVENT_OVERHEAD;
      boolean full =
          bytes + size > MOST_BYTES
              || at - from >= mostEvents
              || at > from
                  && millis(batch.time(i)) - millis(batch.time(order.get(from))) >= DAY_MILLIS;
      if (full && at > from) {
        put(batch, order.subList(from, at));
        from = at;
        bytes = 0;
      }
      bytes += size;
    }
    put(batch, order.subList(from, order.size()));
  }

  private static long millis(long time) {
    return EventTime.seconds(time) * 1_000 + EventTime.nanos(time) / 1_000_000;
  }

  private void put(Batch<LogTarget> batch, List<Integer> events) throws IOException {
    Bytes body = body(batch, events);
    Map<?, ?> answer;
    try {
      answer = put(batch.key(), body);
    } catch (AwsException e) {
      if (!e.isAboutData()) {
        throw e;
      }
      events.forEach(i -> batch.refuse(i, e.getMessage()));
      return;
    }
    events.forEach(batch::taken);
    if (answer.get("rejectedLogEventsInfo") instanceof Map<?, ?> info) {
      reject(batch, events, info);
    }
  }

  private Map<?, ?> put(LogTarget target, Bytes body) throws IOException {
    try {
      return service.call("PutLogEvents", body);
    } catch (AwsException e) {
      switch (e.type()) {
        case "DataAlreadyAcceptedException" -> {
          return Map.of();
        }
        case "ResourceNotFoundException" -> {
          if (groups.isEmpty()) {
            throw e;
          }
        }
        default -> throw e;
      }
    }
    groups.get().create(target);
    return service.call("PutLogEvents", body);
  }

  /** The service takes the others of the request; the numbers are places in it. */
  private void reject(Batch<LogTarget> batch, List<Integer> events, Map<?, ?> info) {
    if (logRejected) {
      log.warn("Called PutLogEvents API: rejected " + info + " of " + batch.key());
    }
    int expired = place(info.get("expiredLogEventEndIndex"), 0);
    int old = place(info.get("tooOldLogEventEndIndex"), 0);
    int late = place(info.get("tooNewLogEventStartIndex"), events.size());
    for (int at = 0; at < events.size(); at++) {
      if (at < expired) {
        batch.refuse(events.get(at), "older than the log group keeps events");
      } else if (at < old) {
        batch.refuse(events.get(at), "older than 14 days");
      } else if (at >= late) {
        batch.refuse(events.get(at), "more than 2 hours in the future");
      }
    }
  }

  private static int place(Object value, int otherwise) {
    return value instanceof Number number ? number.intValue() : otherwise;
  }

  private static Bytes body(Batch<LogTarget> batch, List<Integer> events) {
    Bytes out = new Bytes(4096);
    out.ascii("{\"logGroupName\":");
    MsgpackToJson.writeString(batch.key().group(), out);
    out.ascii(",\"logStreamName\":");
    MsgpackToJson.writeString(batch.key().stream(), out);
    String separator = ",\"logEvents\":[";
    for (int i : events) {
      out.ascii(separator);
      separator = ",";
      out.ascii("{\"timestamp\":" + millis(batch.time(i)) + ",\"message\":");
      MsgpackToJson.writeString(batch.array(), batch.from(i), batch.length(i), out);
      out.write('}');
    }
    out.ascii("]}");
    return out;
  }
}
