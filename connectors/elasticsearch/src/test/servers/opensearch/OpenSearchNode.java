import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * One node of OpenSearch: FOLDER PORT. Run from its source, with the class path of the pom here.
 */
public final class OpenSearchNode {
  private OpenSearchNode() {}

  public static void main(String[] args) throws InterruptedException {
    OpenSearchRunner runner = new OpenSearchRunner();
    runner.onBuild(
        (number, settings) -> {
          settings.put("http.port", args[1]);
          settings.put("transport.port", args[2]);
          settings.putList("node.roles", "cluster_manager", "data", "ingest");
          settings.put("discovery.type", "single-node");
          settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
        });
    runner.build(
        OpenSearchRunner.newConfigs().basePath(args[0]).numOfNode(1).clusterName("runnel-test"));
    Thread.currentThread().join();
  }
}
