package io.runnel.connectors.kubernetes;

import io.runnel.regexp.Regexp;
import java.nio.charset.StandardCharsets;

/**
 * Which container a record comes from.
 *
 * @param key what the container or its pod is known by: the pod's uid or the container's id; may be
 *     null
 * @param dockerId the container's id; null where it is not known
 */
record ContainerName(String namespace, String pod, String container, String key, String dockerId) {

  /** By an expression with named groups; null where it does not match. */
  static ContainerName match(Regexp pattern, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] match = pattern.search(bytes, 0, bytes.length, 0);
    if (match == null) {
      return null;
    }
    String uid = group(pattern, bytes, match, "pod_uuid");
    String dockerId = group(pattern, bytes, match, "docker_id");
    return new ContainerName(
        group(pattern, bytes, match, "namespace"),
        group(pattern, bytes, match, "pod_name"),
        group(pattern, bytes, match, "container_name"),
        uid == null ? dockerId : uid,
        dockerId);
  }

  /** A name may stand in several alternatives: the one that took part counts. */
  private static String group(Regexp pattern, byte[] text, int[] match, String name) {
    String value = null;
    for (int group : pattern.groups(name)) {
      int from = match[2 * group];
      if (from >= 0) {
        value = new String(text, from, match[2 * group + 1] - from, StandardCharsets.UTF_8);
      }
    }
    return value;
  }

  ContainerName withKey(String id) {
    return new ContainerName(namespace, pod, container, id, id);
  }
}
