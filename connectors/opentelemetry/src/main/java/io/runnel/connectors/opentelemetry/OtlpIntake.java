package io.runnel.connectors.opentelemetry;

import io.runnel.event.Bytes;
import io.runnel.net.http.ContentDecoder;
import io.runnel.net.http.HttpHandler;
import io.runnel.net.http.HttpRequest;
import io.runnel.net.http.HttpResponse;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.PluginContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Answers requests over HTTP. A request is acknowledged when its event is safe in the buffers; what
 * cannot be taken now is answered with 503, which exporters try again.
 */
final class OtlpIntake implements HttpHandler {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final String UNSUPPORTED =
      "415 unsupported media type, supported: [application/json, application/x-protobuf]";

  /** A {@code partial_success} without anything in it: all was taken. */
  static final byte[] TAKEN_PROTOBUF = {0x0a, 0};

  private static final byte[] TAKEN_JSON =
      "{\"partialSuccess\":{}}".getBytes(StandardCharsets.UTF_8);

  private final SignalEmitter emitter;
  private final long decompressedLimit;
  private final PluginContext context;

  OtlpIntake(SignalEmitter emitter, long decompressedLimit, PluginContext context) {
    this.emitter = emitter;
    this.decompressedLimit = decompressedLimit;
    this.context = context;
  }

  @Override
  public HttpResponse handle(HttpRequest request) {
    Signal signal = Signal.ofPath(request.path());
    if (signal == null || !request.is("POST")) {
      return HttpResponse.text(signal == null ? 404 : 405, "");
    }
    String type = contentType(request);
    if (!type.equals(PROTOBUF) && !type.equals(JSON)) {
      return HttpResponse.text(415, UNSUPPORTED);
    }
    Bytes body;
    try {
      body = body(request);
    } catch (ContentDecoder.TooLarge e) {
      context.log().warn("Decompressed payload exceeding decompression_size_limit");
      return HttpResponse.text(413, "413 Payload Too Large").closing();
    } catch (ContentDecoder.NoMemory e) {
      return HttpResponse.text(503, e.getMessage()).closing();
    } catch (IOException e) {
      context.log().warn("Failed to decompress gzip payload: " + e.getMessage());
      return HttpResponse.of(400, type, new byte[0]);
    }
    try {
      emitter.emit(signal, message(signal, type, body));
    } catch (IllegalArgumentException e) {
      context.log().warn("Failed to parse OpenTelemetry payload: " + e.getMessage());
      return HttpResponse.of(400, type, new byte[0]);
    } finally {
      context.memory().receiving().give(ContentDecoder.cost(body));
    }
    return HttpResponse.of(200, type, type.equals(JSON) ? TAKEN_JSON : TAKEN_PROTOBUF);
  }

  private static String contentType(HttpRequest request) {
    String type = request.header("Content-Type");
    return type == null ? "" : type.split(";")[0].strip().toLowerCase(Locale.ROOT);
  }

  private Bytes body(HttpRequest request) throws IOException {
    String encoding = request.header("Content-Encoding");
    if (encoding == null || encoding.equals("identity")) {
      return ContentDecoder.plain(
          request.buffer(),
          request.bodyOffset(),
          request.bodyLength(),
          context.memory().receiving());
    }
    if (!encoding.equals("gzip")) {
      throw new IOException("Content-Encoding is " + encoding);
    }
    return ContentDecoder.decode(
        encoding,
        request.buffer(),
        request.bodyOffset(),
        request.bodyLength(),
        decompressedLimit,
        context.memory().receiving());
  }

  /** JSON goes through the message as well: it is checked, and always written alike. */
  private static String message(Signal signal, String type, Bytes body) {
    if (!type.equals(JSON)) {
      return signal.json(body.array(), 0, body.length());
    }
    Bytes message = new Bytes(body.length());
    signal.message(Arrays.copyOf(body.array(), body.length()), message);
    return signal.json(message.array(), 0, message.length());
  }

  @Override
  public void commit() {
    emitter.commit();
  }

  @Override
  public HttpResponse failure(Exception e) {
    return e instanceof EmitException
        ? HttpResponse.text(503, "503 Service Unavailable\n" + e.getMessage() + "\n")
        : HttpHandler.super.failure(e);
  }
}
