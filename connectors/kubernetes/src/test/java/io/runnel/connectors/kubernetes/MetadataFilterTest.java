package io.runnel.connectors.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.log.Level;
import io.runnel.net.Certificates;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataFilterTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 0);

  @TempDir Path folder;
  private final ManualClock clock = ManualClock.standard();
  private final TestContext context = new TestContext().clock(clock);
  private final Map<String, String> environment = new HashMap<>();
  private FakeCluster cluster;
  private MetadataFilter filter;

  @BeforeEach
  void serve() throws IOException {
    cluster = new FakeCluster();
    cluster.put(Objects.POD, Objects.pod("web-98rqc", Objects.UID, "web"));
    cluster.put(Objects.NAMESPACE, Objects.namespace("test"));
  }

  @AfterEach
  void close() {
    if (filter != null) {
      filter.stop();
      filter.close();
    }
    cluster.close();
    context.close();
  }

  private void make(String config) {
    PluginType<MetadataConfig, PluginContext, Filter> type =
        PluginType.filter(
            "kubernetes_metadata",
            MetadataConfig.class,
            (bound, given) -> new MetadataFilter(bound, given, environment));
    filter = (MetadataFilter) TestPlugins.filter(type, config, context);
    filter.start();
  }

  private void unwatched(String config) {
    make("watch false\nkubernetes_url " + cluster.url() + "\n" + config);
  }

  private Map<String, Object> filter(String tag, Map<String, Object> record) {
    return filter.filter(tag, EventStream.of(new Event(TIME, record))).events().getFirst().record();
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> kubernetes(String tag) {
    return (Map<String, Object>) filter(tag, Map.of("log", "x")).get("kubernetes");
  }

  @Test
  void addsWhatIsKnownOfPodAndNamespace() {
    unwatched("");
    assertThat(filter(Objects.CONTAINERS_TAG, Map.of("log", "hello")))
        .isEqualTo(
            Map.of(
                "log",
                "hello",
                "docker",
                Map.of("container_id", Objects.DOCKER),
                "kubernetes",
                Map.ofEntries(
                    Map.entry("container_name", "console"),
                    Map.entry("namespace_name", "default"),
                    Map.entry("pod_name", "web-98rqc"),
                    Map.entry("container_image", "example/web:1"),
                    Map.entry("container_image_id", "docker://b2bd1a24"),
                    Map.entry("pod_id", Objects.UID),
                    Map.entry("pod_ip", "172.17.0.8"),
                    Map.entry("host", "node-1"),
                    Map.entry("labels", Map.of("app.kubernetes.io/name", "web")),
                    Map.entry("master_url", cluster.url()),
                    Map.entry("namespace_id", Objects.NAMESPACE_UID),
                    Map.entry("namespace_labels", Map.of("tenant", "test")))));
    filter(Objects.CONTAINERS_TAG, Map.of("log", "again"));
    assertThat(cluster.requests())
        .as("asked for once, from the server's own memory")
        .containsExactly(
            "/api/v1" + Objects.POD + "?resourceVersion=0",
            "/api/v1" + Objects.NAMESPACE + "?resourceVersion=0");
  }

  @Test
  void aTagOfTheFolderOfPodsGivesTheContainersIdToo() {
    unwatched("");
    Map<String, Object> record = filter(Objects.PODS_TAG, Map.of("log", "x"));
    assertThat(record.get("docker")).isEqualTo(Map.of("container_id", Objects.DOCKER));
    assertThat(kubernetes(Objects.PODS_TAG)).containsEntry("container_name", "console");
  }

  @Test
  void otherTagsPassAsTheyAre() {
    unwatched("");
    EventStream stream = EventStream.of(new Event(TIME, Map.of("log", "x")));
    assertThat(filter.filter("some.tag", stream)).isSameAs(stream);
    assertThat(cluster.requests()).isEmpty();
  }

  @Test
  void namesInTheRecordGoBeforeThoseOfTheTag() {
    unwatched("");
    Map<String, Object> names =
        Map.of("namespace_name", "default", "pod_name", "web-98rqc", "container_name", "console");
    Map<String, Object> record =
        Map.of("kubernetes", names, "docker", Map.of("container_id", Objects.DOCKER), "a", 1L);
    Map<String, Object> filtered = filter("any", record);
    assertThat(filtered).containsEntry("a", 1L).hasSize(3);
    assertThat(filtered.get("kubernetes").toString()).contains("pod_id=" + Objects.UID);
    filter.stop();
    unwatched("lookup_from_k8s_field false");
    assertThat(filter("any", record)).isEqualTo(record);
  }

  @Test
  void namesFromTheJournal() {
    unwatched("");
    Map<String, Object> record =
        Map.of(
            "CONTAINER_NAME",
            "k8s_console.1234_web-98rqc_default_" + Objects.UID + "_0",
            "CONTAINER_ID_FULL",
            Objects.DOCKER);
    assertThat(filter("journal", record).get("kubernetes").toString())
        .contains("pod_id=" + Objects.UID);
    filter.stop();
    unwatched("use_journal false");
    assertThat(filter("journal", record)).isEqualTo(record);
  }

  @Test
  void withoutAServerThereAreTheNames() {
    make("");
    assertThat(filter(Objects.CONTAINERS_TAG, Map.of()))
        .isEqualTo(
            Map.of(
                "docker",
                Map.of("container_id", Objects.DOCKER),
                "kubernetes",
                Map.of(
                    "container_name", "console",
                    "namespace_name", "default",
                    "pod_name", "web-98rqc")));
  }

  @Test
  void aServerThatIsAwayMakesOrphansAndIsNotAskedForSomeSeconds() {
    unwatched("");
    cluster.fail(500);
    assertThat(kubernetes(Objects.CONTAINERS_TAG))
        .isEqualTo(
            Map.of(
                "container_name", "console",
                "pod_name", "web-98rqc",
                "orphaned_namespace", "default",
                "namespace_name", ".orphaned",
                "namespace_id", "orphaned"));
    kubernetes(Objects.CONTAINERS_TAG);
    assertThat(cluster.requests()).hasSize(1);
    assertThat(context.log().texts(Level.ERROR).getFirst())
        .contains("Exception '500 the answer is 500' encountered fetching pod metadata from")
        .contains("Kubernetes API v1 endpoint " + cluster.url());
    cluster.fail(0);
    clock.advance(Duration.ofSeconds(6));
    assertThat(kubernetes(Objects.CONTAINERS_TAG)).containsEntry("pod_id", Objects.UID);
  }

  @Test
  void orphansCanBeSwitchedOffOrNamed() {
    unwatched("allow_orphans false");
    cluster.fail(500);
    assertThat(kubernetes(Objects.CONTAINERS_TAG)).containsEntry("namespace_name", "default");
    filter.stop();
    unwatched("orphaned_namespace_name lost\norphaned_namespace_id none");
    assertThat(kubernetes(Objects.CONTAINERS_TAG))
        .containsEntry("namespace_name", "lost")
        .containsEntry("namespace_id", "none");
  }

  @Test
  void aPodThatIsGoneHasItsIdAndItsNamespace() {
    unwatched("");
    cluster.remove(Objects.POD);
    assertThat(kubernetes(Objects.PODS_TAG))
        .containsEntry("pod_id", Objects.UID)
        .containsEntry("namespace_id", Objects.NAMESPACE_UID);
    kubernetes(Objects.PODS_TAG);
    assertThat(cluster.count("/pods/")).isEqualTo(1);
    cluster.put(Objects.POD, Objects.pod("web-98rqc", Objects.UID, "web"));
    clock.advance(Duration.ofSeconds(11));
    assertThat(kubernetes(Objects.PODS_TAG)).containsKey("labels");
  }

  @Test
  void aPodOfTheSameNameIsAskedForOnceMore() {
    unwatched("");
    kubernetes(Objects.CONTAINERS_TAG);
    String other = Objects.CONTAINERS_TAG.replace("49095a28", "00000000");
    kubernetes(other);
    kubernetes(other);
    assertThat(cluster.count("/pods/")).isEqualTo(2);
  }

  @Test
  void aTokenIsReadForEachRequest() throws IOException {
    Path token = folder.resolve("token");
    Files.writeString(token, "old\n");
    unwatched("bearer_token_file " + token);
    cluster.fail(401);
    kubernetes(Objects.CONTAINERS_TAG);
    Files.writeString(token, "new\n");
    cluster.fail(0);
    clock.advance(Duration.ofSeconds(6));
    assertThat(kubernetes(Objects.CONTAINERS_TAG)).containsEntry("pod_id", Objects.UID);
    assertThat(cluster.tokens()).containsExactly("Bearer old", "Bearer new");
    assertThat(context.log().contains("Encountered '401 Unauthorized' exception")).isTrue();
    assertThat(context.log().texts().toString()).doesNotContain("Bearer");
  }

  @Test
  void missingRightsAreSaid() {
    unwatched("");
    cluster.fail(403);
    kubernetes(Objects.CONTAINERS_TAG);
    assertThat(context.log().texts(Level.ERROR).getFirst())
        .contains("403 the answer is 403")
        .contains("the service account needs the verbs get, list and watch");
  }

  @Test
  void aSlowServerIsWaitedForNoLongerThanReadTimeout() {
    unwatched("read_timeout 1\nopen_timeout 1");
    cluster.delay(20_000);
    assertThat(kubernetes(Objects.CONTAINERS_TAG)).containsEntry("namespace_name", ".orphaned");
    assertThat(cluster.requests()).as("the namespace is not asked for then").hasSize(1);
    assertThat(context.log().texts(Level.ERROR).getFirst()).contains("Read timed out");
  }

  @Test
  void namesThatAreNoneAreNotAskedFor() {
    unwatched("");
    filter(
        "any",
        Map.of(
            "kubernetes",
            Map.of("namespace_name", "..", "pod_name", "../secrets/x", "container_name", "c"),
            "docker",
            Map.of("container_id", "d")));
    assertThat(cluster.requests()).isEmpty();
  }

  @Test
  void partsCanBeLeftOut() {
    unwatched(
        "skip_labels true\nskip_container_metadata true\nskip_master_url true\n"
            + "skip_namespace_metadata true");
    assertThat(kubernetes(Objects.CONTAINERS_TAG))
        .containsOnlyKeys(
            "container_name", "namespace_name", "pod_name", "pod_id", "pod_ip", "host");
    filter.stop();
    unwatched("skip_pod_labels true");
    assertThat(kubernetes(Objects.CONTAINERS_TAG))
        .doesNotContainKey("labels")
        .containsKey("namespace_labels");
    filter.stop();
    unwatched("skip_namespace_labels true");
    assertThat(kubernetes(Objects.CONTAINERS_TAG))
        .containsKey("labels")
        .doesNotContainKey("namespace_labels");
  }

  @Test
  void annotationsOwnersAndNamesWithoutDots() {
    unwatched(
        "annotation_match [\"^team\"]\ninclude_ownerrefs_metadata true\nde_dot true\n"
            + "de_slash true");
    assertThat(kubernetes(Objects.CONTAINERS_TAG))
        .containsEntry("annotations", Map.of("team__owner", "core"))
        .containsEntry("namespace_annotations", Map.of("team__owner", "ops"))
        .containsEntry("labels", Map.of("app_kubernetes_io__name", "web"))
        .containsEntry("ownerrefs", List.of(Map.of("kind", "ReplicaSet", "name", "web")));
    filter.stop();
    unwatched("de_dot true\nde_dot_separator -\nde_slash true\nde_slash_separator +");
    assertThat(kubernetes(Objects.CONTAINERS_TAG))
        .containsEntry("labels", Map.of("app-kubernetes-io+name", "web"));
  }

  @Test
  void anotherPatternOfTags() {
    unwatched(
        "tag_to_kubernetes_name_regexp"
            + " ^(?<namespace>[^.]+)\\.(?<pod_name>[^.]+)\\.(?<container_name>.+)$");
    assertThat(kubernetes("default.web-98rqc.console")).containsEntry("pod_id", Objects.UID);
  }

  @Test
  void whatIsOldIsAskedForAgain() {
    unwatched("cache_ttl 60");
    kubernetes(Objects.CONTAINERS_TAG);
    cluster.put(Objects.POD, Objects.pod("web-98rqc", Objects.UID, "newer"));
    clock.advance(Duration.ofSeconds(59));
    assertThat(kubernetes(Objects.CONTAINERS_TAG).toString()).contains("name=web");
    clock.advance(Duration.ofSeconds(2));
    assertThat(kubernetes(Objects.CONTAINERS_TAG).toString()).contains("name=newer");
  }

  @Test
  void statisticsAreLogged() {
    unwatched("stats_interval 30");
    kubernetes(Objects.CONTAINERS_TAG);
    assertThat(context.log().texts(Level.INFO)).isEmpty();
    clock.advance(Duration.ofSeconds(31));
    kubernetes(Objects.CONTAINERS_TAG);
    assertThat(context.log().texts(Level.INFO).getFirst())
        .startsWith("stats - ")
        .contains("pod_cache_size: 1", "namespace_cache_size: 1", "pod_cache_api_updates: 1");
  }

  @Test
  void theAddressOfTheClusterAndTheServiceAccount() throws Exception {
    var subject =
        new Certificates.Subject("", "", "", "127.0.0.1", Duration.ofDays(1), "SHA256", false);
    Certificates.Identity identity = Certificates.selfSigned(subject, 2048);
    Files.writeString(
        folder.resolve("ca.crt"),
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(identity.chain().getFirst().getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    Files.writeString(folder.resolve("token"), "of-the-account");
    try (FakeCluster secure = new FakeCluster(tls(identity))) {
      secure.put(Objects.POD, Objects.pod("web-98rqc", Objects.UID, "web"));
      environment.put("KUBERNETES_SERVICE_HOST", "127.0.0.1");
      environment.put("KUBERNETES_SERVICE_PORT", secure.url().replaceAll(".*:", ""));
      make("watch false\nskip_namespace_metadata true\nsecret_dir " + folder);
      assertThat(kubernetes(Objects.CONTAINERS_TAG))
          .containsEntry("master_url", secure.url() + "/api")
          .containsEntry("pod_id", Objects.UID);
      assertThat(secure.tokens()).containsExactly("Bearer of-the-account");
      filter.stop();

      make("watch false\nskip_namespace_metadata true");
      assertThat(kubernetes(Objects.CONTAINERS_TAG)).doesNotContainKey("pod_id");
      assertThat(context.log().texts(Level.ERROR).getFirst()).contains("SSLHandshakeException");
      filter.stop();
      make("watch false\nskip_namespace_metadata true\nverify_ssl false");
      assertThat(kubernetes(Objects.CONTAINERS_TAG)).containsEntry("pod_id", Objects.UID);
    }
  }

  private static SSLContext tls(Certificates.Identity identity) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "k", identity.key(), new char[0], identity.chain().toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  @Test
  void wrongConfigurationsAreRefused() {
    assertThatThrownBy(() -> make("kubernetes_url nonsense"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("kubernetes_url is no URL");
    assertThatThrownBy(() -> make("cache_size 0")).hasMessageContaining("cache_size must be");
    assertThatThrownBy(() -> make("tag_to_kubernetes_name_regexp ("))
        .hasMessageContaining("tag_to_kubernetes_name_regexp");
    make("annotation_match [\"(\"]\nkubernetes_url http://127.0.0.1:1\nwatch false");
    assertThat(context.log().contains("invalid regular expression in annotation_match")).isTrue();
  }
}
