package io.runnel.connectors.elasticsearch;

import io.runnel.config.ByteSize;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import java.util.List;
import java.util.Optional;

/** What becomes of documents that are not taken: what all outputs of this connector share. */
record DeliveryConfig(
    @Doc("Bytes after which a request is sent and another one begun; -1 for one for each chunk.")
        @Default("-1")
        ByteSize bulkMessageRequestThreshold,
    @Doc(
            "Documents that can be tried again are emitted with this tag; else they wait in the chunk.")
        Optional<String> retryTag,
    @Doc("Types of errors that are never emitted with retry_tag: the chunk is tried again.")
        List<String> unrecoverableErrorTypes,
    @Doc("Ruby classes of errors that are not tried again, such as …::ServiceUnavailable.")
        @Default("")
        List<String> ignoreExceptions,
    @Doc("Keeps the chunks of ignored errors as backup files; false drops them.") @Default("true")
        boolean exceptionBackup) {}
