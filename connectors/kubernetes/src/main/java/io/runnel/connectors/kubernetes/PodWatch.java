package io.runnel.connectors.kubernetes;

import java.util.Map;

/**
 * The pods of a node, or where its name is not known those that are in memory already.
 *
 * @param node null where it is not known
 */
record PodWatch(MetadataSource source, Stats stats, String node) implements Watch.Target {
  @Override
  public String kind() {
    return "pod";
  }

  @Override
  public String fieldSelector() {
    return node == null ? "" : "spec.nodeName=" + node;
  }

  @Override
  public void listed(Map<?, ?> object) {
    source.put(object);
  }

  @Override
  public void changed(Map<?, ?> object, boolean added) {
    Object id = object.get("metadata") instanceof Map<?, ?> metadata ? metadata.get("uid") : null;
    Object host = object.get("spec") instanceof Map<?, ?> spec ? spec.get("nodeName") : null;
    if (id != null && source.knowsPod(id.toString())) {
      source.put(object);
      stats.bump("pod_cache_watch_updates");
    } else if (node != null && node.equals(host)) {
      source.put(object);
      stats.bump("pod_cache_host_updates");
    } else {
      stats.bump(added ? "pod_cache_watch_ignored" : "pod_cache_watch_misses");
    }
  }
}
