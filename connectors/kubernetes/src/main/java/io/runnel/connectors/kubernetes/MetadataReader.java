package io.runnel.connectors.kubernetes;

import io.runnel.config.ConfigException;
import io.runnel.log.Log;
import io.runnel.regexp.Regexp;
import io.runnel.regexp.Regexps;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes out of the objects of the API what records get. Immutable. */
final class MetadataReader {
  private final MetadataConfig config;
  private final String masterUrl;
  private final List<Regexp> annotations;

  MetadataReader(MetadataConfig config, String masterUrl, Log log) {
    this.config = config;
    this.masterUrl = masterUrl;
    annotations = new ArrayList<>();
    for (String pattern : config.annotationMatch()) {
      try {
        annotations.add(Regexps.compile(pattern, false, false));
      } catch (IllegalArgumentException | ConfigException e) {
        log.error("Error: invalid regular expression in annotation_match: " + e.getMessage());
      }
    }
  }

  PodMetadata pod(Map<?, ?> pod) {
    Map<?, ?> metadata = map(pod.get("metadata"));
    Map<?, ?> status = map(pod.get("status"));
    Map<String, Object> fields = new LinkedHashMap<>();
    put(fields, "namespace_name", metadata.get("namespace"));
    put(fields, "pod_id", metadata.get("uid"));
    put(fields, "pod_name", metadata.get("name"));
    put(fields, "pod_ip", status.get("podIP"));
    put(fields, "host", map(pod.get("spec")).get("nodeName"));
    if (config.includeOwnerrefsMetadata()) {
      fields.put("ownerrefs", owners(metadata.get("ownerReferences")));
    }
    if (!config.skipLabels() && !config.skipPodLabels()) {
      putAll(fields, "labels", renamed(map(metadata.get("labels"))));
    }
    putAll(fields, "annotations", matching(map(metadata.get("annotations"))));
    if (!config.skipMasterUrl()) {
      fields.put("master_url", masterUrl);
    }
    return new PodMetadata(
        text(metadata.get("uid")),
        text(metadata.get("namespace")),
        text(metadata.get("name")),
        fields,
        containers(status));
  }

  NamespaceMetadata namespace(Map<?, ?> namespace) {
    Map<?, ?> metadata = map(namespace.get("metadata"));
    Map<String, Object> fields = new LinkedHashMap<>();
    put(fields, "namespace_id", metadata.get("uid"));
    if (!config.skipLabels() && !config.skipNamespaceLabels()) {
      putAll(fields, "namespace_labels", renamed(map(metadata.get("labels"))));
    }
    putAll(fields, "namespace_annotations", matching(map(metadata.get("annotations"))));
    return new NamespaceMetadata(
        text(metadata.get("uid")),
        text(metadata.get("name")),
        fields,
        time(metadata.get("creationTimestamp")));
  }

  /** Containers of all kinds: a sidecar or an init container logs as well. */
  private Map<String, PodMetadata.Container> containers(Map<?, ?> status) {
    Map<String, PodMetadata.Container> containers = new LinkedHashMap<>();
    for (String kind :
        List.of("initContainerStatuses", "ephemeralContainerStatuses", "containerStatuses")) {
      if (!(status.get(kind) instanceof List<?> list)) {
        continue;
      }
      for (Object each : list) {
        Map<?, ?> container = map(each);
        boolean skip = config.skipContainerMetadata();
        containers.put(
            text(container.get("name")),
            new PodMetadata.Container(
                skip ? "" : text(container.get("image")),
                skip ? "" : text(container.get("imageID")),
                text(container.get("containerID")).replaceFirst("^[-_a-zA-Z0-9]+://", "")));
      }
    }
    return containers;
  }

  private static List<Map<String, Object>> owners(Object references) {
    List<Map<String, Object>> owners = new ArrayList<>();
    if (references instanceof List<?> list) {
      for (Object reference : list) {
        Map<String, Object> owner = new LinkedHashMap<>();
        owner.put("kind", map(reference).get("kind"));
        owner.put("name", map(reference).get("name"));
        owners.add(owner);
      }
    }
    return owners;
  }

  private Map<String, Object> matching(Map<?, ?> all) {
    Map<String, Object> found = new LinkedHashMap<>();
    for (Regexp pattern : annotations) {
      all.forEach(
          (name, value) -> {
            if (pattern.matches(name.toString())) {
              found.put(name.toString(), value);
            }
          });
    }
    return renamed(found);
  }

  private Map<String, Object> renamed(Map<?, ?> all) {
    Map<String, Object> result = new LinkedHashMap<>();
    all.forEach(
        (name, value) -> {
          String renamed = name.toString();
          renamed = config.deDot() ? renamed.replace(".", config.deDotSeparator()) : renamed;
          renamed = config.deSlash() ? renamed.replace("/", config.deSlashSeparator()) : renamed;
          result.put(renamed, value);
        });
    return result;
  }

  private static Map<?, ?> map(Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static String text(Object value) {
    return value == null ? "" : value.toString();
  }

  private static void put(Map<String, Object> fields, String name, Object value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  private static void putAll(Map<String, Object> fields, String name, Map<String, Object> value) {
    if (!value.isEmpty()) {
      fields.put(name, value);
    }
  }

  private static Instant time(Object text) {
    try {
      return text == null ? null : Instant.parse(text.toString());
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
