package io.runnel.plugins.input;

import io.runnel.config.ConfigElement;
import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventTime;
import io.runnel.event.JsonToMsgpack;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.net.http.ContentDecoder;
import io.runnel.net.http.HttpHandler;
import io.runnel.net.http.HttpRequest;
import io.runnel.net.http.HttpResponse;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.AddedFields;
import io.runnel.plugins.parser.InHttpParser;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns requests into events. The events of the requests of one round are emitted together in
 * {@link #commit}; the answers follow.
 */
final class HttpIntake implements HttpHandler {
  private static final Pattern NUMBER = Pattern.compile("\\s*(\\d{1,12}(?:\\.\\d{1,12})?)");
  private static final String MISSING =
      "400 Bad Request\n'json', 'ndjson' or 'msgpack' parameter is required\n";
  private static final byte[] EMPTY_GIF =
      HexFormat.of()
          .parseHex("4749463839610100010080ff00ffffff0000002c00000000010001000002024401003b");

  /** A request that is answered without events. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    final transient HttpResponse response;

    Refused(HttpResponse response) {
      super(null, null, false, false);
      this.response = response;
    }
  }

  /** How the bytes of a body are to be read. */
  private enum Form {
    JSON,
    NDJSON,
    MSGPACK,
    TEXT
  }

  private final HttpInput.Config config;
  private final PluginContext context;
  private final HttpCors cors;
  private final Parser parser;
  private final InHttpParser byContentType;
  private final InHttpParser timeless;
  private final ConfigTime configuredTime;
  private final HttpResponse success;
  private final ThreadLocal<HttpBatch> batches;

  /** The last path with its tag: most clients send one tag. */
  private volatile PathTag lastPath = new PathTag(new byte[0], "");

  private record PathTag(byte[] path, String tag) {}

  /** What the configuration says of the time of JSON bodies. */
  private record ConfigTime(boolean numeric, String key) {}

  HttpIntake(
      HttpInput.Config config,
      PluginContext context,
      HttpCors cors,
      InHttpParser byContentType,
      InHttpParser timeless) {
    this(config, context, cors, byContentType, byContentType, timeless);
  }

  /** For a parser that reads whole bodies, whatever the content type. */
  HttpIntake(HttpInput.Config config, PluginContext context, HttpCors cors, Parser parser) {
    this(config, context, cors, parser, null, null);
  }

  private HttpIntake(
      HttpInput.Config config,
      PluginContext context,
      HttpCors cors,
      Parser parser,
      InHttpParser byContentType,
      InHttpParser timeless) {
    this.config = config;
    this.context = context;
    this.cors = cors;
    this.parser = parser;
    this.byContentType = byContentType;
    this.timeless = timeless;
    configuredTime = configuredTime(config.parse().element());
    this.batches = ThreadLocal.withInitial(() -> new HttpBatch(context.emitter()));
    if (config.respondWithEmptyImg()) {
      success = HttpResponse.of(200, "image/gif; charset=utf-8", EMPTY_GIF);
    } else {
      success = HttpResponse.text(config.use204Response() ? 204 : 200, "");
    }
  }

  @Override
  public HttpResponse handle(HttpRequest request) throws Exception {
    if (request.is("OPTIONS")) {
      return cors.preflight(request);
    }
    if (request.is("GET")) {
      return HttpResponse.text(200, "").closing();
    }
    HttpResponse refusal = cors.refusal(request);
    if (refusal != null) {
      return refusal;
    }
    try {
      take(request);
      return cors.decorate(success, request);
    } catch (Refused e) {
      return e.response;
    }
  }

  @Override
  public void commit() {
    batches.get().commit();
  }

  @Override
  public HttpResponse failure(Exception e) {
    if (config.dumpErrorLog()) {
      context.log().error("failed to process request", e);
    }
    return HttpHandler.super.failure(e);
  }

  private void take(HttpRequest request) throws Refused {
    if (!request.hasHeader("Content-Encoding")) {
      take(request, request.buffer(), request.bodyOffset(), request.bodyLength());
      return;
    }
    Bytes decoded = decode(request);
    try {
      take(request, decoded.array(), 0, decoded.length());
    } finally {
      context.memory().receiving().give(ContentDecoder.cost(decoded));
    }
  }

  private void take(HttpRequest request, byte[] sent, int sentOffset, int sentLength)
      throws Refused {
    byte[] body = sent;
    int offset = sentOffset;
    int length = sentLength;
    Map<String, byte[]> query = HttpParameters.query(request.query());
    Form form = form(request);
    byte[] time = query.get("time");
    if (form == null) {
      Map<String, byte[]> parameters = new LinkedHashMap<>(query);
      addBodyParameters(request, body, offset, length, parameters);
      form = form(parameters);
      body = parameters.get(form.name().toLowerCase(Locale.ROOT));
      offset = 0;
      length = body.length;
      time = parameters.get("time");
    }
    long at = time(time);
    HttpBatch batch = batches.get();
    EventBuilder events = batch.builder(tag(request));
    AddedFields fields = fields(request, query);
    if (fields.isEmpty()) {
      parse(form, body, offset, length, at, events);
    } else {
      EventBuilder plain = new EventBuilder();
      parse(form, body, offset, length, at, plain);
      EventCursor cursor = new EventCursor(plain.out().array(), 0, plain.out().length());
      while (cursor.next()) {
        events.begin();
        events.time(cursor.time());
        fields.write(cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), events.record());
        events.commit();
      }
    }
  }

  private Bytes decode(HttpRequest request) throws Refused {
    String encoding = request.header("Content-Encoding").toLowerCase(Locale.ROOT);
    byte[] body = request.buffer();
    int offset = request.bodyOffset();
    int length = request.bodyLength();
    try {
      if (encoding.equals("identity") || encoding.isEmpty()) {
        return ContentDecoder.plain(body, offset, length, context.memory().receiving());
      }
      if (encoding.equals("gzip") || encoding.equals("x-gzip") || encoding.equals("deflate")) {
        String plainName = encoding.equals("deflate") ? "deflate" : "gzip";
        long limit = config.decompressionSizeLimit().bytes();
        return ContentDecoder.decode(
            plainName, body, offset, length, limit, context.memory().receiving());
      }
    } catch (ContentDecoder.TooLarge e) {
      throw new Refused(HttpResponse.text(413, "Too large").closing());
    } catch (ContentDecoder.NoMemory e) {
      throw new Refused(HttpResponse.text(503, e.getMessage()).closing());
    } catch (IOException e) {
      throw new Refused(HttpResponse.text(400, "").closing());
    }
    throw new Refused(HttpResponse.text(400, "").closing());
  }

  /** What the content type says of the body; null where the body is parameters, or nothing. */
  private Form form(HttpRequest request) {
    if (byContentType == null) {
      return Form.TEXT;
    }
    if (request.headerStarts("Content-Type", "application/json")
        || request.headerStarts("Content-Type", "application/csp-report")) {
      return Form.JSON;
    }
    if (request.headerStarts("Content-Type", "application/msgpack")) {
      return Form.MSGPACK;
    }
    return request.headerStarts("Content-Type", "application/x-ndjson") ? Form.NDJSON : null;
  }

  private static void addBodyParameters(
      HttpRequest request, byte[] body, int offset, int length, Map<String, byte[]> parameters) {
    if (request.headerStarts("Content-Type", "application/x-www-form-urlencoded")) {
      HttpParameters.addForm(body, offset, length, parameters);
    } else if (request.headerStarts("Content-Type", "multipart/form-data")) {
      String boundary = HttpParameters.boundary(request.header("Content-Type"));
      if (boundary != null && !boundary.isEmpty()) {
        HttpParameters.addParts(body, offset, length, boundary, parameters);
      }
    }
  }

  private static Form form(Map<String, byte[]> parameters) throws Refused {
    if (parameters.containsKey("json")) {
      return Form.JSON;
    }
    if (parameters.containsKey("ndjson")) {
      return Form.NDJSON;
    }
    if (parameters.containsKey("msgpack")) {
      return Form.MSGPACK;
    }
    throw new Refused(HttpResponse.text(400, MISSING));
  }

  /** The time that the request gives for all its events; NONE where it gives none. */
  private long time(byte[] parameter) {
    if (parameter == null) {
      return EventTime.NONE;
    }
    Matcher number = NUMBER.matcher(new String(parameter, StandardCharsets.ISO_8859_1));
    BigDecimal seconds = number.lookingAt() ? new BigDecimal(number.group(1)) : BigDecimal.ZERO;
    if (seconds.signum() == 0) {
      return context.clock().eventTime();
    }
    long whole = seconds.longValue();
    return EventTime.pack(
        whole, seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue());
  }

  private void parse(Form form, byte[] body, int offset, int length, long time, EventBuilder events)
      throws Refused {
    long mark = events.mark();
    boolean given = time != EventTime.NONE;
    events.defaultTime(given ? time : context.clock().eventTime());
    try {
      switch (form) {
        case JSON -> {
          InHttpParser reader = given ? timeless : byContentType;
          logMismatch(reader.parse(body, offset, length, events), body, offset, length);
        }
        case NDJSON -> lines(given ? timeless : byContentType, body, offset, length, events);
        case MSGPACK -> {
          InHttpParser reader = given ? timeless : byContentType;
          logMismatch(reader.parseMsgpack(body, offset, length, events), body, offset, length);
        }
        case TEXT -> {
          logMismatch(parser.parse(body, offset, length, events), body, offset, length);
          if (given) {
            setTimes(events, mark, time);
          }
        }
      }
      if (form == Form.JSON && !given) {
        refuseTextAsTime(events, mark, body, offset, length);
      }
    } catch (ParseException | MsgpackException e) {
      events.rewind(mark);
      throw new Refused(HttpResponse.text(400, "400 Bad Request\n" + e.getMessage() + "\n"));
    }
  }

  private void logMismatch(int count, byte[] body, int offset, int length) {
    if (count == 0 && context.log().isEnabled(io.runnel.log.Level.DEBUG)) {
      int shown = Math.min(length, 256);
      context
          .log()
          .debug(
              "incoming event is invalid: no event in the body",
              "body",
              new String(body, offset, shown, StandardCharsets.UTF_8));
    }
  }

  /** Each line by itself, so that a broken one harms no other. */
  private void lines(InHttpParser reader, byte[] body, int offset, int length, EventBuilder events)
      throws ParseException {
    int end = offset + length;
    for (int at = offset; at < end; ) {
      int lineEnd = at;
      while (lineEnd < end && body[lineEnd] != '\n') {
        lineEnd++;
      }
      int textEnd = lineEnd > at && body[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
      if (textEnd > at) {
        logMismatch(reader.parse(body, at, textEnd - at, events), body, at, textEnd - at);
      }
      at = lineEnd + 1;
    }
  }

  /** The time of the request wins over the one that a parser has found. */
  private static void setTimes(EventBuilder events, long mark, long time) {
    int from = (int) mark;
    EventCursor cursor = new EventCursor(events.out().array(), from, events.bytes() - from);
    Bytes out = new Bytes(16);
    while (cursor.next()) {
      out.clear();
      new MsgpackWriter(out).eventTime(time);
      System.arraycopy(out.array(), 0, events.out().array(), cursor.start() + 1, out.length());
    }
  }

  /**
   * Refuses text that is no number as a time, which the parser reads as 0: Fluentd answers 400.
   * Only looked for where an event has the time 0.
   */
  private void refuseTextAsTime(EventBuilder events, long mark, byte[] body, int offset, int length)
      throws ParseException {
    if (!configuredTime.numeric()) {
      return;
    }
    int from = (int) mark;
    EventCursor cursor = new EventCursor(events.out().array(), from, events.bytes() - from);
    while (cursor.next()) {
      if (EventTime.seconds(cursor.time()) == 0) {
        Bytes packed = new Bytes(length + 64);
        if (new JsonToMsgpack().transcode(body, offset, length, new MsgpackWriter(packed))) {
          Object value = new MsgpackReader(packed.array(), 0, packed.length()).readValue();
          checkTime(value, configuredTime.key());
        }
        return;
      }
    }
  }

  private static ConfigTime configuredTime(ConfigElement section) {
    boolean numeric = section.peek("time_type") == null && section.peek("time_format") == null;
    String key = section.peek("time_key");
    return new ConfigTime(numeric, key == null ? "time" : key);
  }

  private static void checkTime(Object value, String key) throws ParseException {
    if (value instanceof Iterable<?> items) {
      for (Object item : items) {
        checkTime(item, key);
      }
    } else if (value instanceof Map<?, ?> record
        && record.get(key) instanceof String text
        && !NUMBER.matcher(text).matches()) {
      throw new ParseException("time is no number: " + text);
    }
  }

  private String tag(HttpRequest request) {
    byte[] buffer = request.buffer();
    PathTag known = lastPath;
    if (Arrays.equals(
        buffer, request.pathStart(), request.pathEnd(), known.path(), 0, known.path().length)) {
      return known.tag();
    }
    String path = request.path();
    String text = path.isEmpty() ? "" : path.substring(1);
    while (text.endsWith("/")) {
      text = text.substring(0, text.length() - 1);
    }
    String base = text.replace('/', '.');
    String tag = config.addTagPrefix().map(prefix -> prefix + "." + base).orElse(base);
    lastPath = new PathTag(Arrays.copyOfRange(buffer, request.pathStart(), request.pathEnd()), tag);
    return tag;
  }

  private AddedFields fields(HttpRequest request, Map<String, byte[]> query) {
    if (!config.addHttpHeaders() && !config.addQueryParams() && !config.addRemoteAddr()) {
      return AddedFields.NONE;
    }
    Map<String, String> fields = new LinkedHashMap<>();
    if (config.addHttpHeaders()) {
      request.eachHeader((name, value) -> fields.put("HTTP_" + variable(name), value));
    }
    if (config.addQueryParams()) {
      query.forEach(
          (name, value) ->
              fields.put("QUERY_" + variable(name), new String(value, StandardCharsets.UTF_8)));
    }
    if (config.addRemoteAddr()) {
      fields.put("REMOTE_ADDR", remoteAddress(request));
    }
    return AddedFields.of(fields);
  }

  private static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** The client, or what a proxy says who the client was. */
  private static String remoteAddress(HttpRequest request) {
    String forwarded = request.header("X-Forwarded-For");
    if (forwarded != null && !forwarded.isBlank()) {
      return forwarded.split(",", 2)[0].strip();
    }
    return request.peer() == null ? "" : request.peer().getHostAddress();
  }
}
