package io.runnel.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.Bytes;
import io.runnel.host.MemoryBudget;
import io.runnel.testkit.fuzz.FuzzTarget;
import io.runnel.testkit.fuzz.FuzzTargets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** Requests and bodies. However the bytes arrive, they mean the same. */
public final class HttpFuzz implements FuzzTargets {
  private static final int BODY_LIMIT = 5000;

  private static final HttpLimits LIMITS =
      new HttpLimits(
          2000,
          20,
          BODY_LIMIT,
          10,
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          new MemoryBudget(1));

  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "http",
            List.of(
                "POST /a.b?time=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n{}\n",
                "GET / HTTP/1.0\r\n\r\nGET /x HTTP/1.1\r\nHost: y\r\nConnection: close\r\n\r\n",
                "POST /t HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"),
            List.of(
                "\r\n",
                "\n",
                "\r",
                ": ",
                " ",
                "\t",
                "HTTP/1.1",
                "HTTP/1.0",
                "Content-Length: ",
                "Transfer-Encoding: chunked\r\n",
                "Transfer-Encoding: ",
                "chunked",
                "Host: x\r\n",
                "Expect: 100-continue\r\n",
                "0\r\n\r\n",
                "ffffffff\r\n",
                "+1",
                "-1",
                "0x3",
                ";",
                "GET ",
                "%00",
                "?",
                "\u000b",
                "Connection: keep-alive\r\n"),
            this::requests),
        new FuzzTarget("http_body", bodies(), List.of(), this::body));
  }

  private static List<byte[]> bodies() {
    byte[] text = "json={\"a\":1}&".repeat(300).getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    ByteArrayOutputStream zlib = new ByteArrayOutputStream();
    try (GZIPOutputStream one = new GZIPOutputStream(gzip);
        DeflaterOutputStream two = new DeflaterOutputStream(zlib)) {
      one.write(text);
      two.write(text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return List.of(gzip.toByteArray(), zlib.toByteArray());
  }

  private int requests(byte[] input) {
    List<String> whole = parse(input, null);
    List<String> inPieces = parse(input, new Random(Arrays.hashCode(input)));
    assertThat(inPieces).isEqualTo(whole);
    return whole.isEmpty()
        ? 0
        : Math.min(5, whole.size()) * 31 + FuzzTarget.outcome(first(whole.getLast()));
  }

  private static String first(String seen) {
    return seen.startsWith("rejected") ? seen : "request";
  }

  /** One text for each request, and the reason of a refusal. */
  private static List<String> parse(byte[] bytes, Random pieces) {
    HttpParser parser = new HttpParser(LIMITS, null);
    List<String> seen = new ArrayList<>();
    int at = 0;
    while (true) {
      switch (parser.advance()) {
        case REQUEST -> {
          HttpRequest request = parser.request();
          assertThat(request.bodyText().length()).isLessThanOrEqualTo(BODY_LIMIT);
          seen.add(request + "|" + request.query() + "|" + request.bodyText());
          parser.next();
        }
        case REJECTED -> {
          assertThat(parser.status()).isBetween(400, 599);
          seen.add("rejected " + parser.status() + " " + parser.reason());
          return seen;
        }
        case MORE, CONTINUE -> {
          if (at == bytes.length) {
            return seen;
          }
          int count = Math.min(bytes.length - at, pieces == null ? 7000 : 1 + pieces.nextInt(9));
          System.arraycopy(bytes, at, parser.room(count), parser.end(), count);
          parser.filled(count);
          at += count;
        }
      }
    }
  }

  private int body(byte[] input) {
    MemoryBudget budget = new MemoryBudget(1 << 20);
    int outcome = 0;
    for (String encoding : List.of("gzip", "deflate")) {
      try {
        Bytes out = ContentDecoder.decode(encoding, input, 0, input.length, 100_000, budget);
        assertThat(out.length()).isLessThanOrEqualTo(100_000);
        budget.give(ContentDecoder.cost(out));
        outcome = outcome * 31 + Math.min(30, out.length() / 100);
      } catch (IOException e) {
        outcome = outcome * 31 + FuzzTarget.outcome(e.getMessage());
      }
    }
    assertThat(budget.take(1 << 20)).as("all of the budget is given back").isTrue();
    return outcome;
  }
}
