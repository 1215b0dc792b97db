package io.runnel.plugins.common;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.InjectConfig.InjectTimeType;
import io.runnel.time.TimeFormatter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Adds what {@code <inject>} asks for to packed records: host, worker, tag and time, in this order,
 * behind the record's own fields; a field that the record has already is replaced where it stands.
 * Immutable, safe for use by several threads at once.
 */
public final class Injector {
  private enum Source {
    HOSTNAME,
    WORKER,
    TAG,
    TIME
  }

  private record Field(byte[] key, Source source) {}

  private final List<Field> fields = new ArrayList<>();
  private final InjectTimeType timeType;
  private final TimeFormatter timeFormatter;
  private final byte[] hostname;
  private final int workerId;

  private Injector(InjectConfig config, PluginContext context) {
    timeType = config.timeType();
    timeFormatter = timeType == InjectTimeType.STRING ? config.textTime().formatter() : null;
    hostname =
        config.hostname().orElse(context.system().hostname()).getBytes(StandardCharsets.UTF_8);
    workerId = context.workerId();
    add(config.hostnameKey(), Source.HOSTNAME);
    add(config.workerIdKey(), Source.WORKER);
    add(config.tagKey(), Source.TAG);
    add(config.timeKey(), Source.TIME);
  }

  private void add(Optional<String> key, Source source) {
    key.ifPresent(text -> fields.add(new Field(text.getBytes(StandardCharsets.UTF_8), source)));
  }

  /**
   * The injector of a section, or one that adds nothing.
   *
   * @throws ConfigException where the host's field is a chunk key as well
   */
  public static Injector of(Optional<InjectConfig> section, PluginContext context) {
    InjectConfig config = section.orElse(null);
    if (config == null) {
      return new Injector(
          new InjectConfig(
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              InjectTimeType.FLOAT,
              Optional.empty(),
              true,
              false,
              Optional.empty(),
              List.of()),
          context);
    }
    if (config.timeFormat().isPresent() && config.timeKey().isEmpty()) {
      context.log().warn("'time_format' specified without 'time_key', will be ignored");
    }
    BufferConfig buffer = context instanceof OutputContext output ? output.buffer() : null;
    if (buffer != null && config.hostnameKey().filter(buffer.chunkKeys()::contains).isPresent()) {
      throw new ConfigException(
          "the key specified by 'hostname_key' in <inject> cannot be used in buffering chunk key.",
          context.element().place());
    }
    return new Injector(config, context);
  }

  /** True where nothing is added. */
  public boolean isEmpty() {
    return fields.isEmpty();
  }

  /**
   * Appends the record with the injected fields.
   *
   * @param time packed EventTime
   * @param record array with the record, one map at {@code offset}
   */
  public void inject(String tag, long time, byte[] record, int offset, int length, Bytes out) {
    MsgpackWriter writer = new MsgpackWriter(out);
    MsgpackReader reader = new MsgpackReader(record, offset, length);
    int pairs = reader.readMapHeader();
    int start = reader.position();
    int present = 0;
    for (int i = 0; i < pairs; i++) {
      int found = field(reader);
      present |= found < 0 ? 0 : 1 << found;
      reader.skip();
    }
    writer.mapHeader(pairs + fields.size() - Integer.bitCount(present));
    if (present == 0) {
      out.write(record, start, reader.position() - start);
    } else {
      reader.position(start);
      for (int i = 0; i < pairs; i++) {
        int pair = reader.position();
        int found = field(reader);
        int value = reader.position();
        reader.skip();
        out.write(record, pair, (found < 0 ? reader.position() : value) - pair);
        if (found >= 0) {
          value(fields.get(found), tag, time, writer);
        }
      }
    }
    for (int i = 0; i < fields.size(); i++) {
      if ((present & 1 << i) == 0) {
        Field field = fields.get(i);
        writer.string(field.key, 0, field.key.length);
        value(field, tag, time, writer);
      }
    }
  }

  /** Takes a key; returns which of the injected fields it is, or -1. */
  private int field(MsgpackReader reader) {
    if (!reader.peekString()) {
      reader.skip();
      return -1;
    }
    int length = reader.readStringHeader();
    int at = reader.position();
    reader.position(at + length);
    for (int i = 0; i < fields.size(); i++) {
      byte[] key = fields.get(i).key;
      if (key.length == length && Arrays.equals(key, 0, length, reader.buffer(), at, at + length)) {
        return i;
      }
    }
    return -1;
  }

  private void value(Field field, String tag, long time, MsgpackWriter writer) {
    switch (field.source) {
      case HOSTNAME -> writer.string(hostname, 0, hostname.length);
      case WORKER -> writer.integer(workerId);
      case TAG -> writer.string(tag);
      case TIME -> time(time, writer);
    }
  }

  private void time(long time, MsgpackWriter writer) {
    long seconds = EventTime.seconds(time);
    int nanos = EventTime.nanos(time);
    switch (timeType) {
      case FLOAT -> writer.float64((seconds * 1_000_000 + nanos / 1_000) / 1e6);
      case UNIXTIME -> writer.integer(seconds);
      case UNIXTIME_MILLIS -> writer.integer(seconds * 1_000 + nanos / 1_000_000);
      case UNIXTIME_MICROS -> writer.integer(seconds * 1_000_000 + nanos / 1_000);
      case UNIXTIME_NANOS -> writer.integer(seconds * 1_000_000_000 + nanos);
      case STRING -> {
        Bytes text = new Bytes(40);
        timeFormatter.format(time, text);
        writer.string(text.array(), 0, text.length());
      }
    }
  }

  /** A formatter that injects first; the same one where nothing is added. */
  public Formatter wrap(Formatter formatter) {
    return isEmpty() ? formatter : new Injecting(this, formatter);
  }

  /** A stream with the injected fields; the same one where nothing is added. */
  public EventStream inject(String tag, EventStream stream) {
    if (isEmpty()) {
      return stream;
    }
    Bytes out = new Bytes(stream.length() + stream.count() * 64);
    EventBuilder builder = new EventBuilder(out);
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      builder.begin();
      builder.time(cursor.time());
      inject(tag, cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), out);
      builder.commit();
    }
    return builder.take();
  }

  private record Injecting(Injector injector, Formatter formatter) implements Formatter {
    @Override
    public void format(String tag, long time, byte[] record, int offset, int length, Bytes out)
        throws FormatException {
      Bytes injected = new Bytes(length + 128);
      injector.inject(tag, time, record, offset, length, injected);
      formatter.format(tag, time, injected.array(), 0, injected.length(), out);
    }

    @Override
    public String type() {
      return formatter.type();
    }

    @Override
    public void start() throws Exception {
      formatter.start();
    }

    @Override
    public void stop() {
      formatter.stop();
    }

    @Override
    public void close() {
      formatter.close();
    }
  }
}
