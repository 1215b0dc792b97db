package io.runnel.connectors.kubernetes;

import java.util.Map;

/**
 * What is kept of a pod.
 *
 * @param fields of {@code kubernetes} in a record
 * @param containers by their names
 */
record PodMetadata(
    String id,
    String namespace,
    String name,
    Map<String, Object> fields,
    Map<String, Container> containers) {
  /**
   * What is kept of a container; parts that the API server does not tell, or that are not wanted,
   * are empty.
   *
   * @param id without the name of the run time in front
   */
  record Container(String image, String imageId, String id) {}
}
