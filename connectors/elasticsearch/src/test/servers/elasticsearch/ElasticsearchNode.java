import org.codelibs.elasticsearch.runner.ElasticsearchClusterRunner;

/**
 * One node of Elasticsearch: FOLDER PORT. Run from its source, with the class path of the pom here.
 */
public final class ElasticsearchNode {
  private ElasticsearchNode() {}

  public static void main(String[] args) throws InterruptedException {
    ElasticsearchClusterRunner runner = new ElasticsearchClusterRunner();
    runner.onBuild(
        (number, settings) -> {
          settings.put("http.port", args[1]);
          settings.put("transport.port", args[2]);
          settings.putList("node.roles", "master", "data", "ingest");
          settings.put("discovery.type", "single-node");
          settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
        });
    runner.build(
        ElasticsearchClusterRunner.newConfigs()
            .basePath(args[0])
            .numOfNode(1)
            .clusterName("runnel-test"));
    Thread.currentThread().join();
  }
}
