package io.runnel.connectors.kubernetes;

import io.runnel.event.MsgpackReader;
import io.runnel.regexp.Regexp;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Finds a container's name in fields of a record. */
final class RecordNames {
  private static final byte[] KUBERNETES = "kubernetes".getBytes(StandardCharsets.UTF_8);
  private static final byte[] CONTAINER_NAME = "CONTAINER_NAME".getBytes(StandardCharsets.UTF_8);

  private RecordNames() {}

  /** Whether a packed record has one of the fields, without decoding it. */
  static boolean mayHaveNames(MsgpackReader record) {
    int size = record.readMapHeader();
    for (int i = 0; i < size; i++) {
      if (record.peekString()) {
        int length = record.readStringHeader();
        int from = record.position();
        record.position(from + length);
        if (is(record, from, length, KUBERNETES) || is(record, from, length, CONTAINER_NAME)) {
          return true;
        }
      } else {
        record.skip();
      }
      record.skip();
    }
    return false;
  }

  private static boolean is(MsgpackReader record, int from, int length, byte[] name) {
    return Arrays.equals(record.buffer(), from, from + length, name, 0, name.length);
  }

  /** {@code kubernetes} with three names, and {@code docker} with the id. */
  static ContainerName ofFields(Map<String, Object> record) {
    if (record.get("kubernetes") instanceof Map<?, ?> kubernetes
        && record.get("docker") instanceof Map<?, ?> docker
        && kubernetes.get("namespace_name") instanceof String namespace
        && kubernetes.get("pod_name") instanceof String pod
        && kubernetes.get("container_name") instanceof String container
        && docker.get("container_id") instanceof String id) {
      return new ContainerName(namespace, pod, container, id, id);
    }
    return null;
  }

  /** {@code CONTAINER_NAME} and {@code CONTAINER_ID_FULL}, as Docker writes them to the journal. */
  static ContainerName ofJournal(Map<String, Object> record, Regexp pattern) {
    if (record.get("CONTAINER_NAME") instanceof String name
        && record.get("CONTAINER_ID_FULL") instanceof String id) {
      ContainerName found = ContainerName.match(pattern, name);
      return found == null ? null : found.withKey(id);
    }
    return null;
  }
}
