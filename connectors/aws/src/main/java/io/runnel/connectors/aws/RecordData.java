package io.runnel.connectors.aws;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.OutputContext;
import io.runnel.plugins.client.ChunkEvent;
import io.runnel.plugins.common.FieldText;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** Makes the data of a Kinesis record out of an event. Safe for use by several threads at once. */
final class RecordData {
  private final RecordConfig config;
  private final Formatter formatter;
  private final boolean chomp;

  RecordData(RecordConfig config, OutputContext context) {
    this.config = config;
    Optional<InjectConfig> inject =
        config
            .inject()
            .map(
                section ->
                    section.textTimes(
                        context.element().section("inject").orElseThrow(),
                        RecordConfig.TIME_FORMAT));
    formatter = Injector.of(inject, context).wrap(context.formatter(config.format()));
    chomp = config.chompRecord() && config.dataKey().isEmpty();
    if (config.maxRecordSize() > Kinesis.MOST_RECORD) {
      throw new ConfigException(
          "max_record_size can't be grater than 1024 KB.",
          context.element().placeOf("max_record_size"));
    }
  }

  void start() throws Exception {
    formatter.start();
  }

  void stop() {
    formatter.stop();
  }

  void close() {
    formatter.close();
  }

  /** Appends the data. */
  void write(ChunkEvent event, Bytes out) throws FormatException {
    if (config.compression().isEmpty()) {
      plain(event, out);
      return;
    }
    Bytes plain = new Bytes(event.length() + 64);
    plain(event, plain);
    try (OutputStream packed = packed(config.compression().get(), out)) {
      plain.writeTo(packed);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // never of memory
    }
  }

  private static OutputStream packed(String compression, Bytes out) throws IOException {
    return switch (compression) {
      case "zlib" -> new DeflaterOutputStream(out);
      case "gzip" -> new GZIPOutputStream(out);
      default -> out; // the gem compresses nothing then
    };
  }

  private void plain(ChunkEvent event, Bytes out) throws FormatException {
    if (config.dataKey().isPresent()) {
      Object value = event.record().get(config.dataKey().get());
      if (value == null) {
        throw missing(config.dataKey().get(), event);
      }
      out.write(FieldText.of(value).getBytes(StandardCharsets.UTF_8));
      return;
    }
    int start = out.length();
    formatter.format(event.tag(), event.time(), event.bytes(), event.offset(), event.length(), out);
    if (chomp) {
      chomp(out, start);
    }
  }

  /** Cuts a line end off what was appended since {@code start}. */
  static void chomp(Bytes out, int start) {
    int end = out.length();
    if (end > start && out.array()[end - 1] == '\n') {
      end--;
      if (end > start && out.array()[end - 1] == '\r') {
        end--;
      }
    }
    out.setLength(end);
  }

  FormatException missing(String key, ChunkEvent event) {
    return new FormatException("Key '" + key + "' doesn't exist: " + shown(event));
  }

  /**
   * @param size of the record in bytes, as the service counts
   */
  void checkSize(ChunkEvent event, int size, int most) throws FormatException {
    if (size > most) {
      throw new FormatException(
          "Record size limit exceeded in " + size / 1024 + " KB: " + shown(event));
    }
  }

  private String shown(ChunkEvent event) {
    String text = MsgpackToJson.text(event.record());
    int most = config.logTruncateMaxSize();
    return most == 0 || text.length() <= most ? text : text.substring(0, most);
  }
}
