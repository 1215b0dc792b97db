package io.runnel.plugins.input;

import static io.runnel.testkit.Emitted.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.RawBytes;
import io.runnel.host.BufferMemory;
import io.runnel.host.MemoryBudget;
import io.runnel.host.ProcessMemory;
import io.runnel.plugin.EmitException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.plugins.forward.HandshakeText;
import io.runnel.testkit.Await;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ForwardInputTest {
  private static final long T = 1_700_000_000;

  private final TestContext context =
      new TestContext(new BuiltinPlugins()).clock(ManualClock.standard());
  private ForwardInput input;

  private ForwardClient start(String config) throws Exception {
    input =
        (ForwardInput)
            TestPlugins.input(ForwardInput.TYPE, "port 0\nbind 127.0.0.1\n" + config, context);
    input.start();
    return new ForwardClient(input.port());
  }

  @AfterEach
  void stop() {
    if (input != null) {
      input.stop();
      input.close();
    }
    context.close();
  }

  private static byte[] gzip(byte[] data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(data);
    }
    return out.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    Bytes all = new Bytes();
    for (byte[] part : parts) {
      all.write(part);
    }
    return all.toByteArray();
  }

  @Test
  void takesEveryModeAndAcknowledgesIt() throws Exception {
    try (ForwardClient client = start("")) {
      byte[] two = ForwardClient.entries(T, List.of(Map.of("m", 1), Map.of("m", 2)));
      byte[] three = ForwardClient.entries(T, List.of(Map.of("m", 3)));
      client.send("a", T, Map.of("m", 0), Map.of("chunk", "c0"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "c0"));
      client.send(
          "b",
          List.of(List.of(T, Map.of("m", 0)), List.of(new EventTime(T, 5), Map.of("m", 1))),
          Map.of("chunk", "c1"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "c1"));
      client.send("c", two, Map.of("chunk", "c2", "size", 2, "compressed", "text"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "c2"));
      client.send("d", join(gzip(two), gzip(three)), Map.of("chunk", "c3", "compressed", "gzip"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "c3"));
      client.send(
          "e",
          join(Zstd.compress(two), Zstd.compress(three)),
          Map.of("chunk", "c4", "compressed", "zstd"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "c4"));
      client.send("f", new RawBytes(two, false), Map.of("chunk", "c5"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "c5"));
    }
    assertThat(context.emitter().events())
        .extracting(event -> event.tag() + event.record().get("m"))
        .containsExactly(
            "a0", "b0", "b1", "c1", "c2", "d1", "d2", "d3", "e1", "e2", "e3", "f1", "f2");
    assertThat(context.emitter().events().get(2).time()).isEqualTo(EventTime.pack(T, 5));
    assertThat(context.emitter().commits()).isEqualTo(6);
  }

  @Test
  void aMessageThatComesAgainIsAcknowledgedAndStoredOnce() throws Exception {
    byte[] two = ForwardClient.entries(T, List.of(Map.of("m", 1), Map.of("m", 2)));
    Object[][] messages = {
      {"a", T, Map.of("m", 0), Map.of("chunk", "s")},
      {"b", List.of(List.of(T, Map.of("m", 0))), Map.of("chunk", "f")},
      {"c", two, Map.of("chunk", "p")},
      {"d", gzip(two), Map.of("chunk", "z", "compressed", "gzip")},
    };
    try (ForwardClient client = start("");
        ForwardClient other = new ForwardClient(input.port())) {
      for (Object[] message : messages) {
        Object id = ((Map<?, ?>) message[message.length - 1]).get("chunk");
        client.send(message);
        assertThat(client.receive()).isEqualTo(Map.of("ack", id));
        other.send(message);
        assertThat(other.receive()).isEqualTo(Map.of("ack", id));
      }
      // the same id with other events is another message
      client.send("c", ForwardClient.entries(T, List.of(Map.of("m", 9))), Map.of("chunk", "p"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "p"));
    }
    assertThat(context.emitter().events())
        .extracting(event -> event.tag() + event.record().get("m"))
        .containsExactly("a0", "b0", "c1", "c2", "d1", "d2", "c9");
  }

  @Test
  void nothingIsRememberedWhereThatIsSwitchedOff() throws Exception {
    try (ForwardClient client = start("remember_chunks 0")) {
      for (int i = 0; i < 2; i++) {
        client.send("a", T, Map.of("m", 0), Map.of("chunk", "s"));
        assertThat(client.receive()).isEqualTo(Map.of("ack", "s"));
      }
    }
    assertThat(context.emitter().events()).hasSize(2);
  }

  @Test
  void aMessageThatCouldNotBeStoredIsNotRemembered() throws Exception {
    try (ForwardClient client = start("")) {
      context.emitter().refuse(new EmitException("full"));
      client.send("a", T, Map.of("m", 0), Map.of("chunk", "s"));
      assertThat(client.rest()).isEmpty();
    }
    context.emitter().refuse(null);
    try (ForwardClient client = new ForwardClient(input.port())) {
      client.send("a", T, Map.of("m", 0), Map.of("chunk", "s"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "s"));
    }
    assertThat(context.emitter().events()).hasSize(1);
  }

  @Test
  void takesJsonInPiecesAndAnswersInJson() throws Exception {
    try (ForwardClient client = start("")) {
      for (String part :
          new String[] {
            "[\"j\",1700000000,{\"m\":",
            "1}][\"j\",1700000001,{\"m\":\"]\\\"\"}]\n"
                + " [\"j\",[[1700000002,{\"m\":3}]],{\"chunk\":\"x\"}]"
          }) {
        client.send(part.getBytes(StandardCharsets.UTF_8));
        Thread.sleep(20);
      }
      context.emitter().await(3);
      byte[] answer = client.socket().getInputStream().readNBytes(11);
      assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("{\"ack\":\"x\"}");
    }
    assertThat(context.emitter().events())
        .containsExactly(
            of("j", T, Map.of("m", 1L)),
            of("j", T + 1, Map.of("m", "]\"")),
            of("j", T + 2, Map.of("m", 3L)));
  }

  @Test
  void messagesMayComeByteByByteOrManyAtOnce() throws Exception {
    try (ForwardClient client = start("")) {
      byte[] one =
          ForwardClient.message("t", ForwardClient.entries(T, List.of(Map.of("a", "b"))), Map.of());
      for (byte b : one) {
        client.send(new byte[] {b});
      }
      byte[] big =
          ForwardClient.message(
              "t", ForwardClient.entries(T, List.of(Map.of("a", "x".repeat(700_000)))));
      List<byte[]> many = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        many.add(ForwardClient.message("t", T, Map.of("n", i)));
      }
      client.send(join(join(many.toArray(byte[][]::new)), big, one));
      assertThat(context.emitter().await(303)).hasSize(303);
    }
    assertThat(context.emitter().events().get(300).record()).isEqualTo(Map.of("n", 299L));
    assertThat(context.emitter().events().get(302).record()).isEqualTo(Map.of("a", "b"));
    assertThat(context.emitter().batches()).hasSizeLessThan(200);
  }

  @Test
  void aLongMessageIsTakenInPartsAndAcknowledgedAtItsEnd() throws Exception {
    List<Map<String, ?>> records = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      records.add(Map.of("n", i, "text", "x".repeat(i % 7 * 1000)));
    }
    byte[] entries = ForwardClient.entries(T, records);
    assertThat(entries.length).isGreaterThan(8_000_000);
    try (ForwardClient client = start("")) {
      for (int round = 0; round < 2; round++) {
        client.send("t", entries, Map.of("chunk", "c" + round, "size", 3000));
        assertThat(client.receive()).isEqualTo(Map.of("ack", "c" + round));
        assertThat(context.emitter().events()).hasSize(3000 * (round + 1));
      }
      byte[] large =
          ForwardClient.entries(T, List.of(Map.of("a", "z".repeat(9_000_000)), Map.of()));
      client.send("t", large, Map.of("chunk", "l"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "l"));
      byte[] packed = gzip(entries);
      client.send("t", packed, Map.of("chunk", "z", "compressed", "gzip"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "z"));
      client.send(
          "t", List.of(List.of(T, Map.of("a", "y".repeat(6_000_000)))), Map.of("chunk", "f"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "f"));
    }
    assertThat(context.emitter().batches()).hasSizeGreaterThan(4);
    List<Map<String, Object>> taken = context.emitter().records();
    for (int i = 0; i < 6000; i++) {
      assertThat(taken.get(i).get("n")).isEqualTo((long) (i % 3000));
    }
  }

  @Test
  void sendsNoAcknowledgementForWhatWasNotTaken() throws Exception {
    context.emitter().refuse(new EmitException("buffer is full"));
    try (ForwardClient client = start("")) {
      client.send("a", T, Map.of("m", 0), Map.of("chunk", "c0"));
      assertThat(client.rest()).isEmpty();
    }
    context.emitter().refuse(null);
    context.emitter().refuseCommit(new EmitException("disk full"));
    try (ForwardClient client = new ForwardClient(input.port())) {
      client.send("a", T, Map.of("m", 0), Map.of("chunk", "c0"));
      assertThat(client.rest()).isEmpty();
    }
    assertThat(context.log().contains("unexpected error on reading data")).isTrue();
  }

  @Test
  void skipsInvalidEventsButAcknowledges() throws Exception {
    try (ForwardClient client = start("")) {
      client.send(
          "a",
          List.of(
              List.of(T, Map.of("m", 1)),
              List.of(T, "text"),
              List.of("x", Map.of()),
              7,
              List.of(T + 1, Map.of("m", 2))),
          Map.of("chunk", "c"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "c"));
      client.send("a", "no time", Map.of("m", 3));
      client.send("a", 1.5, Map.of("m", 3), Map.of("chunk", "d"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "d"));
      client.send(3, T, Map.of("m", 3));
      client.send(Map.of());
      client.send("a", 0, Map.of("m", 4), Map.of("chunk", "e"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "e"));
    }
    assertThat(context.emitter().events())
        .containsExactly(
            of("a", T, Map.of("m", 1L)),
            of("a", T + 1, Map.of("m", 2L)),
            of("a", T, Map.of("m", 4L)));
    assertThat(context.log().contains("skip invalid event:")).isTrue();
    assertThat(context.log().contains("incoming chunk is broken:")).isTrue();
  }

  @Test
  void emptyEntriesAndRecordsAreAcknowledged() throws Exception {
    try (ForwardClient client = start("")) {
      client.send("a", List.of(), Map.of("chunk", "1"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "1"));
      client.send("a", new byte[0], Map.of("chunk", "2"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "2"));
      client.send("a", List.of(List.of(T, Map.of())), Map.of("chunk", "3"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "3"));
    }
    assertThat(context.emitter().events()).containsExactly(of("a", T, Map.of()));
  }

  @Test
  void changesTagsAndAddsTheSource() throws Exception {
    try (ForwardClient client =
        start("tag fixed\nadd_tag_prefix pre\nsource_address_key addr\nsource_hostname_key host")) {
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("addr", "old");
      record.put("m", 1);
      client.send("x", ForwardClient.entries(T, List.of(record, Map.of("m", 2))));
      client.send("x", T, Map.of("m", 3));
      context.emitter().await(3);
    }
    String name = InetAddress.getLoopbackAddress().getCanonicalHostName();
    assertThat(context.emitter().events()).extracting("tag").containsOnly("pre.fixed");
    assertThat(context.emitter().records().get(0).toString())
        .isEqualTo("{addr=127.0.0.1, m=1, host=" + name + "}");
    assertThat(context.emitter().records().get(2).toString())
        .isEqualTo("{m=3, addr=127.0.0.1, host=" + name + "}");
  }

  @Test
  void dropsWhatIsLargerThanChunkSizeLimitAndKeepsTheConnection() throws Exception {
    try (ForwardClient client = start("chunk_size_limit 1000\nchunk_size_warn_limit 100")) {
      client.send("t", T, Map.of("a", "x".repeat(900_000)), Map.of("chunk", "no"));
      client.send("t", T, Map.of("a", "x".repeat(1001)), Map.of("chunk", "no"));
      client.send("t", T, Map.of("a", "y".repeat(200)), Map.of("chunk", "yes"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "yes"));
    }
    assertThat(context.emitter().events()).hasSize(1);
    assertThat(context.log().texts())
        .anyMatch(line -> line.contains("'chunk_size_limit', dropped:"))
        .anyMatch(line -> line.contains("'chunk_size_warn_limit':"));
  }

  @Test
  void denyKeepaliveEndsTheConnectionAfterTheAnswer() throws Exception {
    try (ForwardClient client = start("deny_keepalive true")) {
      client.send(
          join(
              ForwardClient.message("t", T, Map.of("a", 1), Map.of("chunk", "x")),
              ForwardClient.message("t", T, Map.of("a", 2), Map.of("chunk", "y"))));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "x"));
      assertThat(client.rest()).isEmpty();
    }
    assertThat(context.emitter().events()).hasSize(1);
  }

  @Test
  void answersHeartbeats() throws Exception {
    start("").close();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(20_000);
      socket.send(
          new DatagramPacket(new byte[1], 1, InetAddress.getLoopbackAddress(), input.port()));
      DatagramPacket answer = new DatagramPacket(new byte[10], 10);
      socket.receive(answer);
      assertThat(answer.getLength()).isEqualTo(1);
      assertThat(answer.getData()[0]).isZero();
    }
  }

  @Test
  void oneBlockedConnectionHoldsUpNoOther() throws Exception {
    try (ForwardClient slow = start("");
        ForwardClient other = new ForwardClient(input.port())) {
      context.emitter().block(true);
      slow.send("t", T, Map.of("a", 1), Map.of("chunk", "x"));
      other.send("t", List.of(), Map.of("chunk", "y"));
      assertThat(other.receive()).isEqualTo(Map.of("ack", "y"));
      context.emitter().block(false);
      assertThat(slow.receive()).isEqualTo(Map.of("ack", "x"));
    }
  }

  @Test
  void stopFinishesTheMessageThatIsBeingTaken() throws Exception {
    try (ForwardClient client = start("")) {
      context.emitter().block(true);
      client.send(
          join(
              ForwardClient.message("t", T, Map.of("a", 1), Map.of("chunk", "x")),
              ForwardClient.message("t", T, Map.of("a", 2), Map.of("chunk", "y"))));
      Await.await(() -> input.connections() == 1);
      Thread.sleep(100);
      var stopped =
          CompletableFuture.runAsync(input::stop, task -> Thread.ofPlatform().daemon().start(task));
      Thread.sleep(100);
      context.emitter().block(false);
      stopped.get(20, TimeUnit.SECONDS);
      assertThat(client.receive()).isEqualTo(Map.of("ack", "x"));
      assertThat(client.rest()).isEmpty();
      assertThat(context.emitter().events()).hasSize(1);
    }
  }

  private static final String SECURITY =
      "<security>\nself_hostname server\nshared_key secret\n%s</security>\n";

  private static Object handshake(ForwardClient client, String key, String user, String password)
      throws IOException {
    List<?> helo = (List<?>) client.receive();
    Map<?, ?> options = (Map<?, ?>) helo.get(1);
    byte[] nonce = ((RawBytes) options.get("nonce")).bytes();
    byte[] auth = ((RawBytes) options.get("auth")).bytes();
    String salt = "0123456789abcdef0123456789abcdef";
    byte[] secret = key.getBytes(StandardCharsets.UTF_8);
    String digest =
        HandshakeText.digest(
            salt.getBytes(StandardCharsets.UTF_8),
            "client".getBytes(StandardCharsets.UTF_8),
            nonce,
            secret);
    String word =
        HandshakeText.digest(
            auth, user.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
    client.send("PING", "client", salt, digest, user, word);
    List<?> pong = (List<?>) client.receive();
    assertThat(pong).hasSize(5);
    if (Boolean.TRUE.equals(pong.get(1))) {
      assertThat(pong.get(4))
          .isEqualTo(
              HandshakeText.digest(
                  salt.getBytes(StandardCharsets.UTF_8),
                  "server".getBytes(StandardCharsets.UTF_8),
                  nonce,
                  secret));
    }
    return pong.get(2);
  }

  @Test
  void letsInWhoKnowsTheSharedKey() throws Exception {
    try (ForwardClient client = start(SECURITY.formatted(""))) {
      assertThat(handshake(client, "secret", "", "")).isEqualTo("");
      client.send("t", T, Map.of("a", 1), Map.of("chunk", "x"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "x"));
    }
    try (ForwardClient client = new ForwardClient(input.port())) {
      assertThat(handshake(client, "wrong", "", "")).isEqualTo("shared_key mismatch");
      assertThat(client.rest()).isEmpty();
    }
    try (ForwardClient client = new ForwardClient(input.port())) {
      client.receive();
      client.send("t", T, Map.of("a", 2));
      assertThat(client.receive().toString()).contains("invalid ping message");
    }
    assertThat(context.log().contains("Shared key mismatch")).isTrue();
    assertThat(context.log().texts()).noneMatch(line -> line.contains("secret"));
    assertThat(context.emitter().events()).hasSize(1);
  }

  @Test
  void checksUsersAndClients() throws Exception {
    String users =
        "user_auth true\nallow_anonymous_source false\n<user>\nusername bob\npassword pw\n</user>\n"
            + "<user>\nusername eve\npassword pw2\n</user>\n"
            + "<client>\nnetwork 127.0.0.0/8\nshared_key other\nusers bob\n</client>\n";
    try (ForwardClient client = start(SECURITY.formatted(users))) {
      assertThat(handshake(client, "other", "bob", "pw")).isEqualTo("");
    }
    for (String[] wrong : new String[][] {{"bob", "no"}, {"eve", "pw2"}, {"", ""}}) {
      try (ForwardClient client = new ForwardClient(input.port())) {
        assertThat(handshake(client, "other", wrong[0], wrong[1]))
            .isEqualTo("username/password mismatch");
      }
    }
  }

  @Test
  void refusesClientsThatNoSectionNames() throws Exception {
    try (ForwardClient client =
        start(
            SECURITY.formatted(
                "allow_anonymous_source false\n<client>\nnetwork 10.0.0.0/8\n</client>\n"))) {
      assertThat(handshake(client, "secret", "", ""))
          .isEqualTo("anonymous source host '127.0.0.1' denied");
    }
  }

  @Test
  void checksItsConfiguration() {
    assertRefused("tag \"\"", "'tag' parameter must not be empty");
    assertRefused(
        "source_hostname_key h\nresolve_hostname false",
        "resolve_hostname must be true with source_hostname_key");
    assertRefused(
        SECURITY.formatted("user_auth true\n"), "<user> sections required if user_auth enabled");
    assertRefused(
        SECURITY.formatted("allow_anonymous_source false\n"),
        "<client> sections required if allow_anonymous_source disabled");
    assertRefused(
        SECURITY.formatted("<client>\nnetwork 1.2.3.4/99\n</client>\n"),
        "network '1.2.3.4/99' address format is invalid");
    assertRefused(SECURITY.formatted("<client>\n</client>\n"), "Either of 'host' and 'network'");
    assertRefused("<transport udp>\n</transport>", "valid options are tcp,tls but got udp");
    assertRefused("<transport tls>\n</transport>", "no valid cert options configured");
  }

  private void assertRefused(String config, String message) {
    assertThatThrownBy(() -> TestPlugins.input(ForwardInput.TYPE, config, context))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aBombIsRefusedAndNothingOfItIsEmitted() throws Exception {
    try (ForwardClient client = start("decompression_size_limit 20m")) {
      Map<String, String> record = Map.of("a", "0".repeat(1_000_000));
      List<Map<String, String>> many = new ArrayList<>();
      for (int i = 0; i < 15; i++) {
        many.add(record);
      }
      byte[] fifteen = ForwardClient.entries(T, many);
      client.send("t", gzip(fifteen), Map.of("compressed", "gzip", "chunk", "x"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "x")); // more than is held in memory
      assertThat(context.emitter().events()).hasSize(15);
      client.send(
          "t", join(gzip(fifteen), gzip(fifteen)), Map.of("compressed", "gzip", "chunk", "y"));
      assertThat(client.rest()).isEmpty();
    }
    try (ForwardClient client = new ForwardClient(input.port())) {
      client.send(
          "t",
          "no gzip".getBytes(StandardCharsets.UTF_8),
          Map.of("compressed", "gzip", "chunk", "y"));
      assertThat(client.rest()).isEmpty();
    }
    assertThat(context.emitter().events()).hasSize(15);
    assertThat(context.log().contains("larger than 20971520 bytes")).isTrue();
  }

  @Test
  void hostileBytesHurtNobody() throws Exception {
    start("").close();
    List<byte[]> attacks = new ArrayList<>();
    for (String hex :
        new String[] {
          "ddffffffff",
          "dfffffffff",
          "93a174ddffffffff",
          "93a174dbffffffff",
          "93a174c6ffffffff00",
          "c1",
          "9191919191",
          "93a161",
          "a568656c6c6f",
          "c9ffffffff00"
        }) {
      attacks.add(HexFormat.of().parseHex(hex));
    }
    attacks.add(new byte[200_000]);
    byte[] nested = new byte[100_000];
    java.util.Arrays.fill(nested, (byte) 0x91);
    attacks.add(nested);
    attacks.add(join(HexFormat.of().parseHex("93a17400"), nested));
    Bytes deep = new Bytes();
    deep.write(HexFormat.of().parseHex("92a174c500"));
    deep.write(0x80 + 4);
    deep.write(HexFormat.of().parseHex("920081a161"));
    for (int i = 0; i < 126; i++) {
      deep.write(0x91);
    }
    deep.write(0xc0);
    attacks.add(deep.toByteArray());
    attacks.add("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    attacks.add("[".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
    Random random = new Random(1);
    for (int i = 0; i < 100; i++) {
      byte[] bytes = new byte[random.nextInt(600)];
      random.nextBytes(bytes);
      attacks.add(bytes);
      byte[] sound =
          ForwardClient.message(
              "t",
              ForwardClient.entries(T, List.of(Map.of("k", List.of(1, 2)))),
              Map.of("chunk", "x"));
      sound[random.nextInt(sound.length)] = (byte) random.nextInt(256);
      attacks.add(sound);
    }
    for (byte[] attack : attacks) {
      try (ForwardClient client = new ForwardClient(input.port())) {
        client.send(attack);
      } catch (IOException closed) {
        // the server has seen enough
      }
    }
    try (ForwardClient client = new ForwardClient(input.port())) {
      client.send("ok", T, Map.of("a", 1), Map.of("chunk", "x"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "x"));
    }
    Await.await(() -> input.connections() == 0);
    assertThat(context.log().texts()).noneMatch(line -> line.contains("OutOfMemory"));
  }

  @Test
  void whatDoesNotFitTheMemoryIsRefusedAndTheNextIsTaken() throws Exception {
    MemoryBudget budget = new MemoryBudget(3 << 20);
    context.memory(new ProcessMemory(new BufferMemory(1 << 30), budget));
    byte[] one = ForwardClient.entries(T, List.of(Map.of("m", "x".repeat(8 << 20))));
    byte[] many =
        ForwardClient.entries(T, Collections.nCopies(200, Map.of("m", "x".repeat(100_000))));
    try (ForwardClient client = start("")) {
      client.send("t", gzip(one), Map.of("compressed", "gzip", "chunk", "a"));
      assertThat(client.rest()).isEmpty();
    }
    try (ForwardClient client = new ForwardClient(input.port())) {
      client.send("t", List.of(List.of(T, Map.of("m", "x".repeat(8 << 20)))), Map.of());
      assertThat(client.rest()).isEmpty();
    } catch (IOException e) {
      assertThat(e).hasMessageMatching(".*(reset|pipe).*"); // while it was still sending
    }
    assertThat(context.emitter().events()).isEmpty();
    try (ForwardClient client = new ForwardClient(input.port())) {
      client.send("t", gzip(many), Map.of("compressed", "gzip", "chunk", "b"));
      assertThat(client.receive()).isEqualTo(Map.of("ack", "b"));
    }
    assertThat(context.emitter().events()).hasSize(200);
    input.stop();
    assertThat(budget.used()).isZero();
  }
}
