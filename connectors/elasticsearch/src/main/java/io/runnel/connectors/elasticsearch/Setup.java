package io.runnel.connectors.elasticsearch;

import io.runnel.plugin.Chunk;
import java.io.IOException;

/** What must be in the cluster before a request: templates, policies, streams. */
@FunctionalInterface
interface Setup {
  /**
   * Sees to it; what is known to be there costs nothing. Called before each request, by several
   * threads.
   *
   * @param first where the first document of the request goes
   * @throws IOException where it could not be done: the chunk is tried again
   */
  void prepare(Hosts hosts, Chunk chunk, Names names, Target first) throws IOException;
}
