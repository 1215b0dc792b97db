/** Redis: outputs {@code redis} and {@code redis_store}. */
package io.runnel.connectors.redis;
