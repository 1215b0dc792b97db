package io.runnel.connectors.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.ConfigSpec;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.testkit.Await;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The filter with its watches, against a server that speaks the protocol. */
class WatchTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 0);

  private final TestContext context = new TestContext();
  private final Map<String, String> environment = new HashMap<>(Map.of("K8S_NODE_NAME", "node-1"));
  private FakeCluster cluster;
  private MetadataFilter filter;

  @BeforeEach
  void serve() throws IOException {
    cluster = new FakeCluster();
    cluster.put(Objects.POD, Objects.pod("web-98rqc", Objects.UID, "web"));
    cluster.put("/namespaces/default/pods/b", Objects.pod("b", "uid-b", "b"));
    cluster.put("/namespaces/default/pods/c", Objects.pod("c", "uid-c", "c"));
    cluster.put(Objects.NAMESPACE, Objects.namespace("test"));
  }

  @AfterEach
  void close() {
    filter.stop();
    filter.close();
    cluster.close();
    context.close();
  }

  private void make(String config) {
    PluginType<MetadataConfig, PluginContext, Filter> type =
        PluginType.filter(
            "kubernetes_metadata",
            MetadataConfig.class,
            (bound, given) -> new MetadataFilter(bound, given, environment));
    filter =
        (MetadataFilter)
            TestPlugins.filter(
                type, "kubernetes_url " + cluster.url() + "\nread_timeout 5\n" + config, context);
    filter.start();
  }

  private void await(String what, BooleanSupplier condition) {
    Await.await(
        Await.DEADLINE,
        () -> what + "\n" + context.log().texts() + "\n" + cluster.requests(),
        condition);
  }

  private String metadata() {
    EventStream stream = EventStream.of(new Event(TIME, Map.of("log", "x")));
    return filter.filter(Objects.CONTAINERS_TAG, stream).events().getFirst().record().toString();
  }

  private long watches(String kind) {
    return cluster.count("/" + kind + "?watch=true");
  }

  @Test
  void listsTheNodesPodsPageByPageSoThatNoneIsAskedForAlone() {
    make("");
    await("watches", () -> watches("pods") == 1 && watches("namespaces") == 1);
    assertThat(metadata()).contains("pod_id=" + Objects.UID, "tenant=test");
    assertThat(cluster.count("/namespaces/default")).isZero();
    assertThat(cluster.requests())
        .contains(
            "/api/v1/pods?resourceVersion=0&limit=500&fieldSelector=spec.nodeName%3Dnode-1",
            "/api/v1/pods?resourceVersion=0&limit=500&fieldSelector=spec.nodeName%3Dnode-1"
                + "&continue=2",
            "/api/v1/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=300"
                + "&resourceVersion=100&fieldSelector=spec.nodeName%3Dnode-1");
    assertThat(filter.stats().get("pod_cache_host_updates")).isEqualTo(3);
  }

  @Test
  void changesAreSeen() {
    make("");
    await("watch", () -> watches("pods") == 1 && watches("namespaces") == 1);
    cluster.notice("pods", "MODIFIED", Objects.pod("web-98rqc", Objects.UID, "changed"));
    cluster.notice("namespaces", "MODIFIED", Objects.namespace("moved"));
    await("change", () -> metadata().contains("name=changed"));
    await("change", () -> metadata().contains("tenant=moved"));
    cluster.notice("pods", "DELETED", Objects.pod("web-98rqc", Objects.UID, "changed"));
    await("deletion", () -> filter.stats().get("pod_cache_watch_deletes_ignored") == 1);
    assertThat(metadata()).as("its last lines may still come").contains("name=changed");
  }

  @Test
  void aNewPodOfTheNodeIsKnownBeforeItsFirstLine() {
    cluster.remove(Objects.POD);
    make("");
    await("watch", () -> watches("pods") == 1 && watches("namespaces") == 1);
    cluster.notice("pods", "ADDED", Objects.pod("web-98rqc", Objects.UID, "new"));
    await("pod", () -> filter.stats().get("pod_cache_host_updates") == 3);
    assertThat(metadata()).contains("name=new");
    assertThat(cluster.count("/namespaces/default/pods/")).isZero();
  }

  @Test
  void aWatchThatTheServerEndsGoesOnFromTheLastVersion() {
    make("");
    await("watch", () -> watches("pods") == 1);
    cluster.notice("pods", "BOOKMARK", Map.of("metadata", Map.of("resourceVersion", "777")));
    cluster.endWatch("pods");
    await("second watch", () -> cluster.count("resourceVersion=777") == 1);
    assertThat(cluster.count("/pods?resourceVersion=0")).as("pages of one list").isEqualTo(2);
  }

  @Test
  void aVersionThatIsGoneIsFollowedByANewList() {
    make("");
    await("watch", () -> watches("pods") == 1);
    cluster.notice("pods", "ERROR", Map.of("kind", "Status", "code", 410, "message", "too old"));
    await("second watch", () -> watches("pods") == 2);
    assertThat(cluster.count("/pods?resourceVersion=0")).isEqualTo(4);
    assertThat(context.log().contains("410 Gone encountered. Restarting pod watch")).isTrue();
    assertThat(filter.stats().get("pod_watch_gone_notices")).isEqualTo(1);
    cluster.failWatches(410);
    cluster.endWatch("pods");
    await("third list", () -> cluster.count("/pods?resourceVersion=0") >= 6);
    cluster.failWatches(0);
  }

  @Test
  void aConnectionThatBreaksIsMadeAgain() {
    make("");
    await("watch", () -> watches("pods") == 1);
    cluster.breakWatch("pods");
    await("second watch", () -> watches("pods") == 2);
    assertThat(context.log().texts().toString())
        .contains("info: Exception encountered parsing pod watch event.")
        .contains("Sleeping for 1 seconds and resetting the pod watcher.");
    cluster.notice("pods", "MODIFIED", Objects.pod("web-98rqc", Objects.UID, "later"));
    await("change", () -> metadata().contains("name=later"));
  }

  @Test
  void aServerThatRefusesIsTriedOnAndNothingEnds() {
    cluster.fail(403);
    make("watch_retry_max_times 0");
    await(
        "error",
        () ->
            context.log().texts().stream()
                .anyMatch(text -> text.startsWith("error: ") && text.contains("403")));
    cluster.fail(0);
    await("watch", () -> watches("pods") == 1);
    assertThat(metadata()).contains("pod_id=" + Objects.UID);
  }

  @Test
  void withoutTheNodesNameItWarnsAndFollowsWhatItKnows() {
    environment.clear();
    make("");
    assertThat(context.log().contains("!! The environment variable 'K8S_NODE_NAME' is not set"))
        .isTrue();
    await("watch", () -> watches("pods") == 1);
    cluster.notice("pods", "ADDED", Objects.pod("other", "uid-other", "other"));
    await("notice", () -> filter.stats().get("pod_cache_watch_ignored") == 1);
  }

  @Test
  void namespacesAreNotFollowedWhereTheyAreNotWanted() {
    make("skip_namespace_metadata true");
    await("watch", () -> watches("pods") == 1);
    assertThat(watches("namespaces")).isZero();
  }

  @Test
  void waitsGrowUpToALimit() {
    make("watch false");
    MetadataConfig config =
        ConfigSpec.of(MetadataConfig.class)
            .bind(
                TestPlugins.section(
                    "filter", "watch_retry_interval 3\nwatch_retry_exponential_backoff_base 4"),
                true);
    assertThat(Watch.wait(config, 0)).isEqualTo(3);
    assertThat(Watch.wait(config, 2)).isEqualTo(48);
    assertThat(Watch.wait(config, 50)).isEqualTo(300);
  }
}
