package io.runnel.connectors.elasticsearch;

/**
 * Where a document goes.
 *
 * @param index its index
 * @param alias the name for an alias of it, for index lifecycles
 */
record Target(String index, String alias) {}
