package io.runnel.connectors.elasticsearch;

import io.runnel.plugin.BufferedOutput;

/** An output that starts, stops and ends with the connections to its cluster. */
interface ClusterOutput extends BufferedOutput {
  Cluster cluster();

  @Override
  default void start() {
    cluster().start();
  }

  @Override
  default void stop() {
    cluster().stop();
  }

  @Override
  default void close() {
    cluster().close();
  }
}
