package io.runnel.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpParserTest {
  private static final HttpLimits LIMITS =
      new HttpLimits(
          2000,
          20,
          5000,
          10,
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          new io.runnel.host.MemoryBudget(1));

  /** Feeds the bytes in the given pieces; one line for each request, the last for a refusal. */
  private static List<String> parse(byte[] bytes, Random pieces) {
    HttpParser parser = new HttpParser(LIMITS, null);
    List<String> seen = new ArrayList<>();
    int at = 0;
    while (true) {
      switch (parser.advance()) {
        case REQUEST -> {
          HttpRequest request = parser.request();
          seen.add(
              request
                  + "|"
                  + request.query()
                  + "|"
                  + request.bodyText()
                  + "|"
                  + request.keepAlive());
          parser.next();
        }
        case REJECTED -> {
          seen.add("rejected " + parser.status());
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

  private static List<String> parse(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    List<String> whole = parse(bytes, null);
    assertThat(parse(bytes, new Random(7))).isEqualTo(whole);
    return whole;
  }

  @Test
  void readsRequestsOneBehindTheOther() {
    assertThat(
            parse(
                "POST /a.b?x=1 HTTP/1.1\r\n"
                    + "Host: h\r\n"
                    + "Content-Length: 5\r\n\r\n"
                    + "helloGET / HTTP/1.0\r\n\r\n"
                    + "\r\n"
                    + "PUT http://host:1/p?q HTTP/1.1\r\n"
                    + "Connection: foo, Close\r\n\r\n"))
        .containsExactly(
            "POST /a.b HTTP/1.1|x=1|hello|true",
            "GET / HTTP/1.0|null||false",
            "PUT /p HTTP/1.1|q||false");
  }

  @Test
  void joinsChunksAndDropsTrailers() {
    assertThat(
            parse(
                "POST /c HTTP/1.1\r\n"
                    + "Transfer-Encoding: Chunked\r\n\r\n"
                    + "3\r\n"
                    + "abc\r\n"
                    + "A;x=\"y\"\r\n"
                    + "0123456789\r\n"
                    + "0\r\n"
                    + "Trailer: t\r\n\r\n"
                    + "GET /n HTTP/1.1\r\n\r\n"))
        .containsExactly("POST /c HTTP/1.1|null|abc0123456789|true", "GET /n HTTP/1.1|null||true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nContent-Length: 3, 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 0x3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",
        "POST / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
        "POST / HTTP/1.1\r\nA : b\r\n\r\n",
        "POST / HTTP/1.1\r\n: b\r\n\r\n",
        "POST / HTTP/1.1\r\nno colon\r\n\r\n",
        "POST / HTTP/1.1\r\nA: b\rc\r\n\r\n",
        "POST / HTTP/1.1\r\nA: \0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST /  HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1 \r\n\r\n",
        "POST /a b HTTP/1.1\r\n\r\n",
        "P@ST / HTTP/1.1\r\n\r\n",
        "POST HTTP/1.1\r\n\r\n",
        "POST / http/1.1\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\nabc\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n"
      })
  void refusesWhatCouldBeReadInTwoWays(String text) {
    assertThat(parse(text)).containsExactly("rejected 400");
  }

  @Test
  void namesOtherFaultsByTheirStatus() {
    assertThat(parse("GET / HTTP/2.0\r\n\r\n")).containsExactly("rejected 505");
    assertThat(parse("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"))
        .containsExactly("rejected 501");
    assertThat(parse("POST / HTTP/1.1\r\nContent-Length: 5001\r\n\r\n"))
        .containsExactly("rejected 413");
    assertThat(parse("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1389\r\n"))
        .containsExactly("rejected 413");
    assertThat(parse("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffff\r\n"))
        .containsExactly("rejected 413");
    assertThat(parse("POST / HTTP/1.1\r\nExpect: more\r\n\r\n")).containsExactly("rejected 417");
    assertThat(parse("GET / HTTP/1.1\r\nA: " + "b".repeat(3000))).containsExactly("rejected 431");
    assertThat(parse("GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(21) + "\r\n"))
        .containsExactly("rejected 431");
    assertThat(
            parse(
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                    + "A: b\r\n".repeat(600)))
        .containsExactly("rejected 431");
  }

  @Test
  void asksForTheBodyOnlyWhereTheClientWaits() {
    HttpParser parser = new HttpParser(LIMITS, null);
    byte[] head =
        "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(head, 0, parser.room(head.length), 0, head.length);
    parser.filled(head.length);
    assertThat(parser.advance()).isEqualTo(HttpParser.Result.CONTINUE);
    assertThat(parser.advance()).isEqualTo(HttpParser.Result.MORE);
  }

  /** Damaged requests in random pieces: never an exception, and the pieces make no difference. */
  @Test
  void damageAndCutsMakeNoDifference() {
    String[] seeds = {
      "POST /a HTTP/1.1\r\n"
          + "Host: h\r\n"
          + "Content-Length: 11\r\n"
          + "Content-Type: application/json\r\n\r\n"
          + "{\"a\":\"bcd\"}",
      "POST /c HTTP/1.1\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n"
          + "5\r\n"
          + "abcde\r\n"
          + "10\r\n"
          + "0123456789abcdef\r\n"
          + "0\r\n\r\n",
      "GET /x?y=z HTTP/1.1\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n"
    };
    String splice = "\r\n :;,\0\t+-0123456789abcfHTP/.chunkedContent-Length";
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(3); i >= 0; i--) {
        text.append(seeds[random.nextInt(seeds.length)]);
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.setCharAt(at, splice.charAt(random.nextInt(splice.length())));
          case 1 -> text.insert(at, splice.charAt(random.nextInt(splice.length())));
          case 2 -> text.deleteCharAt(at);
          default -> text.setCharAt(at, (char) random.nextInt(256));
        }
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
      assertThat(parse(bytes, random)).as("seed " + seed).isEqualTo(parse(bytes, null));
    }
  }
}
