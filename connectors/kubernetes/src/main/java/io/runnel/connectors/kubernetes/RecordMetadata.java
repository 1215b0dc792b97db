package io.runnel.connectors.kubernetes;

import io.runnel.event.EventTime;
import io.runnel.host.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What records of a container get: the fields {@code docker} and {@code kubernetes}, made anew when
 * the pod or the namespace has changed. Safe for use by several threads.
 */
final class RecordMetadata {
  /** Containers whose fields are kept ready. */
  private static final int CONTAINERS = 10_000;

  private record Ready(PodMetadata pod, NamespaceMetadata namespace, MetadataFields fields) {}

  private final MetadataConfig config;
  private final MetadataSource source;
  private final Stats stats;
  private final TtlCache<ContainerName, Ready> ready;

  /**
   * @param source null where there is no API server: the names are all that is known
   */
  RecordMetadata(MetadataConfig config, MetadataSource source, Stats stats, Clock clock) {
    this.config = config;
    this.source = source;
    this.stats = stats;
    ready = new TtlCache<>(CONTAINERS, -1, clock);
  }

  /**
   * @param time of a record: a namespace that is younger is another one of the same name
   */
  MetadataFields of(ContainerName name, long time) {
    if (source == null) {
      return ready(name, null, null, Map.of());
    }
    PodMetadata pod = source.pod(name.namespace(), name.pod(), name.key());
    if (config.skipNamespaceMetadata()) {
      return ready(name, pod, null, pod == null ? Map.of() : pod.fields());
    }
    NamespaceMetadata namespace = source.namespace(name.namespace());
    if (namespace == null) {
      return orphan(name, pod);
    }
    if (pod != null) {
      return ready(name, pod, namespace, merged(pod.fields(), namespace.fields()));
    }
    stats.bump("id_cache_pod_not_found_namespace");
    boolean older =
        namespace.created() == null
            || namespace.created().getEpochSecond() <= EventTime.seconds(time);
    Map<String, Object> guess =
        older && name.key() != null ? Map.of("pod_id", name.key()) : Map.of();
    return new MetadataFields(fields(name, null, merged(guess, namespace.fields())));
  }

  private MetadataFields orphan(ContainerName name, PodMetadata pod) {
    stats.bump(pod == null ? "id_cache_orphaned_record" : "id_cache_namespace_not_found_pod");
    Map<String, Object> fields = new LinkedHashMap<>();
    if (config.allowOrphans()) {
      fields.put("orphaned_namespace", name.namespace());
      fields.put("namespace_name", config.orphanedNamespaceName());
      fields.put("namespace_id", config.orphanedNamespaceId());
    }
    return new MetadataFields(fields(name, null, fields));
  }

  private static Map<String, Object> merged(Map<String, Object> first, Map<String, Object> second) {
    Map<String, Object> all = new LinkedHashMap<>(first);
    all.putAll(second);
    return all;
  }

  private MetadataFields ready(
      ContainerName name,
      PodMetadata pod,
      NamespaceMetadata namespace,
      Map<String, Object> metadata) {
    Ready known = ready.get(name);
    if (known == null || known.pod != pod || known.namespace != namespace) {
      known = new Ready(pod, namespace, new MetadataFields(fields(name, pod, metadata)));
      ready.put(name, known);
    }
    return known.fields;
  }

  private Map<String, Object> fields(
      ContainerName name, PodMetadata pod, Map<String, Object> metadata) {
    Map<String, Object> kubernetes = new LinkedHashMap<>();
    kubernetes.put("container_name", name.container());
    kubernetes.put("namespace_name", name.namespace());
    kubernetes.put("pod_name", name.pod());
    String id = name.dockerId() == null ? "" : name.dockerId();
    PodMetadata.Container container = pod == null ? null : pod.containers().get(name.container());
    if (container != null && !config.skipContainerMetadata()) {
      kubernetes.put("container_image", container.image());
      if (!container.imageId().isEmpty()) {
        kubernetes.put("container_image_id", container.imageId());
      }
      id = container.id().isEmpty() ? id : container.id();
    }
    kubernetes.putAll(metadata);
    Map<String, Object> fields = new LinkedHashMap<>();
    if (!id.isEmpty()) {
      fields.put("docker", Map.of("container_id", id));
    }
    fields.put("kubernetes", kubernetes);
    return fields;
  }
}
