/** MongoDB: outputs {@code mongo} and {@code mongo_replset}, input {@code mongo_tail}. */
package io.runnel.connectors.mongo;
