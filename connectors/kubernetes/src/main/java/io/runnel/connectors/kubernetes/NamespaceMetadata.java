package io.runnel.connectors.kubernetes;

import java.time.Instant;
import java.util.Map;

/**
 * What is kept of a namespace.
 *
 * @param fields of {@code kubernetes} in a record
 * @param created null where it is not known
 */
record NamespaceMetadata(String id, String name, Map<String, Object> fields, Instant created) {}
