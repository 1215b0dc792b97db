package io.runnel.plugins.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.PluginSection;
import io.runnel.event.Bytes;
import io.runnel.testkit.Await;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceDiscoveryTest {
  private final TestContext context = new TestContext();

  @TempDir Path dir;

  @AfterEach
  void close() {
    context.close();
  }

  private ServiceDiscovery discovery(String config) {
    ConfigElement element = TestPlugins.section("service_discovery", config);
    return ServiceDiscovery.of(
        new PluginSection(element, element.peek("@type"), true), context.element(element));
  }

  private static Service service(String host, int port, int weight) {
    return new Service(host, port, Optional.empty(), weight, false, "", "", Optional.empty());
  }

  @Test
  void staticServers() {
    assertThat(
            discovery(
                    """
                    @type static
                    <service>
                      host a
                    </service>
                    <service>
                      host b
                      port 1
                      name n
                      weight 2
                      standby true
                      username u
                      password p
                      shared_key k
                    </service>
                    """)
                .services())
        .containsExactly(
            service("a", 24224, 60),
            new Service("b", 1, Optional.of("n"), 2, true, "u", "p", Optional.of("k")));
  }

  @Test
  void serversOfAFileAndItsChanges() throws Exception {
    Path file = dir.resolve("sd.yaml");
    Files.writeString(file, "- host: a\n- {host: b, port: 1, weight: 2}\n");
    ServiceDiscovery discovery = discovery("@type file\npath " + file);
    assertThat(discovery.services()).containsExactly(service("a", 24224, 60), service("b", 1, 2));
    List<List<Service>> changes = new CopyOnWriteArrayList<>();
    discovery.start(changes::add);
    Files.writeString(file, "- host: [broken");
    Await.await(() -> context.log().contains("sd_file: cannot read the file, the servers stay"));
    assertThat(changes).isEmpty();
    Files.writeString(file, "[{\"host\":\"c\"}]");
    Await.await(() -> !changes.isEmpty());
    discovery.stop();
    assertThat(changes).containsExactly(List.of(service("c", 24224, 60)));
  }

  @Test
  void wrongFilesAreRefused() throws Exception {
    assertRefused("@type file\npath " + dir + "/none", "not found");
    Path file = dir.resolve("sd.yaml");
    Files.writeString(file, "- port: 1\n");
    assertRefused("@type file\npath " + file, "key not found: \"host\"");
    Files.writeString(file, "- host: a\n  port: x\n");
    assertRefused("@type file\npath " + file, "port must be an integer");
    assertRefused("@type odd", "Unknown sd plugin 'odd'");
  }

  private void assertRefused(String config, String message) {
    assertThatThrownBy(() -> discovery(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void serversOfDnsRecords() throws Exception {
    try (DatagramSocket dns = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answer(dns));
      ServiceDiscovery discovery =
          discovery(
              "@type srv\nservice fluentd\nhostname example.test\ndns_lookup false\n"
                  + "shared_key k\ndns_server_host 127.0.0.1:"
                  + dns.getLocalPort());
      assertThat(discovery.services())
          .extracting(Service::host, Service::port, Service::weight, Service::standby)
          .containsExactly(tuple("one.test", 24224, 10, false), tuple("two.test", 24225, 20, true));
    }
  }

  @Test
  void asksDnsAgainForTheNameAndWithTheKeysGiven() throws Exception {
    ManualClock clock = ManualClock.standard();
    context.clock(clock);
    List<String> questions = new CopyOnWriteArrayList<>();
    try (DatagramSocket dns = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answer(dns, questions));
      ServiceDiscovery discovery =
          discovery(
              "@type srv\nservice logs\nproto udp\nhostname own.test\ndns_lookup false\n"
                  + "shared_key k\nusername u\npassword p\ninterval 5\ndns_server_host 127.0.0.1:"
                  + dns.getLocalPort());
      assertThat(discovery.services())
          .extracting(Service::sharedKey, Service::username, Service::password)
          .containsOnly(tuple(Optional.of("k"), "u", "p"));
      assertThat(questions).containsExactly("_logs._udp.own.test");
      discovery.start(changed -> {});
      Await.await(() -> clock.sleepers() == 1);
      clock.advance(Duration.ofSeconds(5));
      Await.await(() -> questions.size() == 2);
      discovery.stop();
    }
  }

  @Test
  void aFileMayHaveAnotherEncoding() throws Exception {
    Path file = dir.resolve("sd.yaml");
    Files.write(file, "- host: a\n  name: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(discovery("@type file\nconf_encoding ISO-8859-1\npath " + file).services())
        .extracting(Service::name)
        .containsExactly(Optional.of("caf\u00e9"));
  }

  private static void answer(DatagramSocket dns) {
    answer(dns, new CopyOnWriteArrayList<>());
  }

  /** Answers every question with two SRV records. */
  private static void answer(DatagramSocket dns, List<String> questions) {
    byte[] buffer = new byte[512];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        dns.receive(packet);
        Bytes out = new Bytes();
        out.write(buffer, 0, 2);
        out.write(new byte[] {(byte) 0x85, (byte) 0x80, 0, 1, 0, 2, 0, 0, 0, 0});
        int end = 12;
        List<String> labels = new ArrayList<>();
        while (buffer[end] != 0) {
          labels.add(new String(buffer, end + 1, buffer[end], StandardCharsets.US_ASCII));
          end += buffer[end] + 1;
        }
        questions.add(String.join(".", labels));
        out.write(buffer, 12, end + 5 - 12);
        record(out, 2, 20, 24225, "two");
        record(out, 1, 10, 24224, "one");
        dns.send(
            new DatagramPacket(out.array(), out.length(), packet.getAddress(), packet.getPort()));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void record(Bytes out, int priority, int weight, int port, String host) {
    byte[] target = ("\3" + host + "\4test\0").getBytes(StandardCharsets.US_ASCII);
    out.write(
        new byte[] {(byte) 0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60, 0, (byte) (6 + target.length)});
    out.write(new byte[] {0, (byte) priority, 0, (byte) weight, (byte) (port >> 8), (byte) port});
    out.write(target);
  }

  @Test
  void dnsThatDoesNotAnswerLeavesNoServersAndALine() {
    // a closed port: the question is refused at once
    ServiceDiscovery discovery =
        discovery("@type srv\nservice s\nhostname example.test\ndns_server_host 127.0.0.1:1");
    assertThat(discovery.services()).isEmpty();
    assertThat(context.log().contains("sd_srv: cannot get the SRV records")).isTrue();
  }
}
