/** Elasticsearch and OpenSearch: outputs by the bulk interface, and the filters that make ids. */
package io.runnel.connectors.elasticsearch;
