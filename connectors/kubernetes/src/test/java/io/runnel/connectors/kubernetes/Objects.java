package io.runnel.connectors.kubernetes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Objects of Kubernetes for tests. */
final class Objects {
  static final String DOCKER = "49095a2894da899d3b327c5fde1e056a81376cc9a8f8b09a195f2a92bceed459";
  static final String UID = "c76927af-f563-11e4-b32d-54ee7527188d";
  static final String NAMESPACE_UID = "898268c8-4a36-11e5-9d81-42010af0194c";
  static final String POD = "/namespaces/default/pods/web-98rqc";
  static final String NAMESPACE = "/namespaces/default";
  static final String CONTAINERS_TAG =
      "kubernetes.var.log.containers.web-98rqc_default_console-" + DOCKER + ".log";
  static final String PODS_TAG = "var.log.pods.default_web-98rqc_" + UID + ".console.0.log";

  private Objects() {}

  static Map<String, Object> pod(String name, String uid, String label) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", name);
    metadata.put("namespace", "default");
    metadata.put("uid", uid);
    metadata.put("resourceVersion", "101");
    metadata.put("labels", Map.of("app.kubernetes.io/name", label));
    metadata.put("annotations", Map.of("team/owner", "core", "other", "x"));
    metadata.put(
        "ownerReferences", List.of(Map.of("kind", "ReplicaSet", "name", "web", "uid", "u")));
    Map<String, Object> container =
        Map.of(
            "name", "console",
            "image", "example/web:1",
            "imageID", "docker://b2bd1a24",
            "containerID", "containerd://" + DOCKER);
    return Map.of(
        "metadata",
        metadata,
        "spec",
        Map.of("nodeName", "node-1"),
        "status",
        Map.of("podIP", "172.17.0.8", "containerStatuses", List.of(container)));
  }

  static Map<String, Object> namespace(String tenant) {
    return Map.of(
        "metadata",
        Map.of(
            "name",
            "default",
            "uid",
            NAMESPACE_UID,
            "resourceVersion",
            "90",
            "creationTimestamp",
            "2015-04-23T10:00:00Z",
            "labels",
            Map.of("tenant", tenant),
            "annotations",
            Map.of("team/owner", "ops")));
  }
}
