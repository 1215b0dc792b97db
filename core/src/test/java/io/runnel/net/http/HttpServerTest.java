package io.runnel.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.net.ProcessSockets;
import io.runnel.net.StreamLease;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpServerTest {
  private final AtomicInteger commits = new AtomicInteger();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final CountDownLatch entered = new CountDownLatch(1);
  private volatile boolean broken;
  private HttpServer server;

  /** Answers with method, path and body; {@code /slow} waits for the gate. */
  private final HttpHandler echo =
      new HttpHandler() {
        @Override
        public HttpResponse handle(HttpRequest request) throws Exception {
          if (request.path().equals("/slow")) {
            entered.countDown();
            gate.await();
          }
          if (request.path().equals("/fail")) {
            throw new IOException("no way");
          }
          if (request.path().equals("/big")) {
            return HttpResponse.text(200, "x".repeat(5_000_000));
          }
          return HttpResponse.text(
              200, request.method() + " " + request.path() + " " + request.bodyText());
        }

        @Override
        public void commit() throws IOException {
          commits.incrementAndGet();
          if (broken) {
            throw new IOException("disk full");
          }
        }
      };

  private void start(HttpLimits limits) throws IOException {
    StreamLease lease = new ProcessSockets().tcp("127.0.0.1", 0, 0);
    server = HttpServer.start(lease, echo, limits);
  }

  private static HttpLimits limits(Duration idle, Duration head, Duration body) {
    return new HttpLimits(
        8192, 50, 100_000, 100, idle, head, body, new io.runnel.host.MemoryBudget(1_000_000));
  }

  private static HttpLimits usual() {
    Duration time = Duration.ofSeconds(10);
    return limits(time, time, time);
  }

  @AfterEach
  void stop() {
    gate.countDown();
    server.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends bytes and reads until the server closes. */
  private String exchange(String text) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return readAll(socket.getInputStream());
    }
  }

  private static String readAll(InputStream in) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      in.transferTo(all);
    } catch (IOException e) {
      all.writeBytes(" (reset)".getBytes(StandardCharsets.US_ASCII));
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void keepsTheConnectionAndAnswersInOrder() throws Exception {
    start(usual());
    String answers =
        exchange(
            "POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"
                + "POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nho\r\n0\r\n\r\n"
                + "GET /c HTTP/1.1\r\nConnection: close\r\n\r\n");
    assertThat(answers)
        .containsSubsequence(
            "HTTP/1.1 200 OK\r\n"
                + "Content-Type: text/plain\r\n"
                + "Content-Length: 10\r\n"
                + "Connection: Keep-Alive\r\n\r\n"
                + "POST /a hi",
            "POST /b ho",
            "Connection: close\r\n\r\nGET /c ");
  }

  @Test
  void servesAJdkClientWithBodiesLargeAndSmall() throws Exception {
    start(usual());
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + server.port() + "/x");
      for (int size : new int[] {0, 1, 70_000, 99_000, 10}) {
        String body = "y".repeat(size);
        var request =
            java.net.http.HttpRequest.newBuilder(uri)
                .version(HttpClient.Version.HTTP_1_1)
                .expectContinue(size == 70_000)
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body))
                .build();
        var answer = client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString());
        assertThat(answer.body()).isEqualTo("POST /x " + body);
      }
    }
  }

  @Test
  void tooLargeABodyIsAnsweredThoughTheClientGoesOnSending() throws Exception {
    start(usual());
    assertThat(exchange("POST /a HTTP/1.1\r\nContent-Length: 200000\r\n\r\n" + "z".repeat(200_000)))
        .startsWith("HTTP/1.1 413 ")
        .endsWith("Too large");
  }

  @Test
  void answersAFaultOfTheHandlerWith500() throws Exception {
    start(usual());
    assertThat(exchange("GET /fail HTTP/1.0\r\n\r\n"))
        .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
        .endsWith("500 Internal Server Error\nno way\n");
    broken = true;
    assertThat(exchange("GET /ok HTTP/1.0\r\n\r\n")).endsWith("disk full\n");
  }

  @Test
  void aBlockedRequestHoldsUpNobodyElse() throws Exception {
    start(usual());
    List<CompletableFuture<String>> slow = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      slow.add(
          CompletableFuture.supplyAsync(
              () -> uncheckedExchange("GET /slow HTTP/1.0\r\n\r\n"), HttpServerTest::run));
    }
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 20; i++) {
      assertThat(exchange("GET /quick HTTP/1.0\r\n\r\n")).endsWith("GET /quick ");
    }
    assertThat(slow).noneMatch(CompletableFuture::isDone);
    gate.countDown();
    for (CompletableFuture<String> answer : slow) {
      assertThat(answer.get(10, TimeUnit.SECONDS)).endsWith("GET /slow ");
    }
    assertThat(exchange("GET /after HTTP/1.0\r\n\r\n")).endsWith("GET /after ");
  }

  private static void run(Runnable task) {
    Thread.ofPlatform().daemon().start(task);
  }

  private String uncheckedExchange(String text) {
    try {
      return exchange(text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void stopWaitsForTheRequestThatIsBeingHandled() throws Exception {
    start(usual());
    var slow =
        CompletableFuture.supplyAsync(
            () -> uncheckedExchange("GET /slow HTTP/1.1\r\n\r\n"), HttpServerTest::run);
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
    var stopped = CompletableFuture.runAsync(server::close, HttpServerTest::run);
    Thread.sleep(100);
    assertThat(stopped).isNotDone();
    gate.countDown();
    stopped.get(10, TimeUnit.SECONDS);
    assertThat(slow.get(10, TimeUnit.SECONDS)).endsWith("Connection: close\r\n\r\nGET /slow ");
  }

  @Test
  void givesUpOnClientsThatDawdle() throws Exception {
    Duration brief = Duration.ofMillis(300);
    start(limits(brief, brief, brief));
    assertThat(exchange("")).isEmpty();
    assertThat(exchange("GET / HTTP/1.1\r\nA: b")).startsWith("HTTP/1.1 408 ");
    assertThat(exchange("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"))
        .startsWith("HTTP/1.1 408 ");
    try (Socket socket = connect()) { // one byte now and then does not help
      long begin = System.nanoTime();
      try {
        for (int i = 0; i < 100; i++) {
          socket.getOutputStream().write('A');
          Thread.sleep(50);
        }
      } catch (IOException closed) {
        // what is waited for
      }
      assertThat(System.nanoTime() - begin).isLessThan(4_000_000_000L);
    }
  }

  @Test
  void aClientThatReadsSlowlyGetsAllOfALargeAnswer() throws Exception {
    start(usual());
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              "GET /big HTTP/1.1\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      Thread.sleep(300); // the answer fills what the kernel takes
      assertThat(exchange("GET /other HTTP/1.0\r\n\r\n")).endsWith("GET /other ");
      assertThat(readAll(socket.getInputStream()).length()).isGreaterThan(5_000_000);
    }
  }

  @Test
  void unfinishedBodiesTogetherAreLimited() throws Exception {
    start(usual());
    List<Socket> hoarders = new ArrayList<>();
    int refused = 0;
    for (int i = 0; i < 14; i++) {
      Socket socket = connect();
      hoarders.add(socket);
      socket
          .getOutputStream()
          .write(
              ("POST / HTTP/1.1\r\nContent-Length: 99000\r\n\r\n" + "x".repeat(98_000))
                  .getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(100);
      try {
        byte[] start = socket.getInputStream().readNBytes(12);
        assertThat(new String(start, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 503");
        refused++;
      } catch (java.net.SocketTimeoutException waiting) {
        // it has a place
      }
    }
    assertThat(refused).isPositive().isLessThan(14);
    for (Socket socket : hoarders) {
      socket.close();
    }
    assertThat(exchange("GET /ok HTTP/1.0\r\n\r\n")).endsWith("GET /ok ");
  }

  @Test
  void garbageHurtsNobody() throws Exception {
    start(usual());
    Random random = new Random(42);
    for (int i = 0; i < 60; i++) {
      byte[] garbage = new byte[random.nextInt(2000)];
      random.nextBytes(garbage);
      try (Socket socket = connect()) {
        socket.getOutputStream().write(garbage);
      }
    }
    assertThat(exchange("GET /ok HTTP/1.0\r\n\r\n")).endsWith("GET /ok ");
  }
}
