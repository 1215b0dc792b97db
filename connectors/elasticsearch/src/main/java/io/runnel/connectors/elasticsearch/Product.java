package io.runnel.connectors.elasticsearch;

import java.util.List;
import java.util.Optional;

/**
 * In what Elasticsearch and OpenSearch differ for an output.
 *
 * @param name for messages
 * @param checksVersion asks for the server's version before the first chunk
 * @param defaultVersion the version where it is not asked for
 * @param types whether documents have types, by version
 * @param typeName the type of old versions; may hold placeholders
 * @param typeKey a path to a field with the type
 * @param emitsErrors reports documents that are refused to {@code @ERROR}
 * @param logsReasons says in the error why a document was refused
 * @param refusedTypes types of errors that are the document's own fault
 * @param contentType of bulk requests before version 9
 */
record Product(
    String name,
    boolean checksVersion,
    int defaultVersion,
    boolean types,
    String typeName,
    Optional<String> typeKey,
    boolean emitsErrors,
    boolean logsReasons,
    List<String> refusedTypes,
    String contentType) {
  private static final int FIRST_WITH_OWN_TYPE = 9;
  private static final String OWN_TYPE =
      "application/vnd.elasticsearch+x-ndjson; compatible-with=9";

  /** The type of documents; null for none. */
  String type(int version, String expanded, boolean suppressed) {
    if (!types || version >= 8 || suppressed && version >= 7) {
      return null;
    }
    return version == 7 ? "_doc" : expanded;
  }

  String routingName(int version) {
    return types && version < 7 ? "_routing" : "routing";
  }

  boolean hasOwnContentType(int version) {
    return types && version >= FIRST_WITH_OWN_TYPE;
  }

  String contentType(int version) {
    return hasOwnContentType(version) ? OWN_TYPE : contentType;
  }
}
