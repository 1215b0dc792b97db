package io.runnel.connectors.kubernetes;

import java.util.Map;

/** All namespaces; of later ones those that records have asked for. */
record NamespaceWatch(MetadataSource source, Stats stats) implements Watch.Target {
  @Override
  public String kind() {
    return "namespace";
  }

  @Override
  public String fieldSelector() {
    return "";
  }

  @Override
  public void listed(Map<?, ?> object) {
    source.putNamespace(object);
  }

  @Override
  public void changed(Map<?, ?> object, boolean added) {
    Object name =
        object.get("metadata") instanceof Map<?, ?> metadata ? metadata.get("name") : null;
    if (name != null && source.knowsNamespace(name.toString())) {
      source.putNamespace(object);
      stats.bump("namespace_cache_watch_updates");
    } else {
      stats.bump(added ? "namespace_cache_watch_ignored" : "namespace_cache_watch_misses");
    }
  }
}
