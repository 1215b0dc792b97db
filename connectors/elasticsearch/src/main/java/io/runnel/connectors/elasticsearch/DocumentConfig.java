package io.runnel.connectors.elasticsearch;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import java.util.Optional;

/** How an event becomes a document: what all outputs of this connector share. */
record DocumentConfig(
    @Doc("Index; may hold placeholders of the chunk keys.") @Default("fluentd") String indexName,
    @Doc("Names the index by prefix and day, and adds @timestamp.") @Default("false")
        boolean logstashFormat,
    @Doc("What such an index begins with; may hold placeholders.") @Default("logstash")
        String logstashPrefix,
    @Doc("Stands between prefix and date.") @Default("-") String logstashPrefixSeparator,
    @Doc("The date, in letters of strftime.") @Default("%Y.%m.%d") String logstashDateformat,
    @Doc("The date is that of UTC.") @Default("true") boolean utcIndex,
    @Doc("A field, or a path with dots, that names the index; it is taken out of the document.")
        Optional<String> targetIndexKey,
    @Doc("Adds @timestamp without logstash_format too.") @Default("false") boolean includeTimestamp,
    @Doc("The field with the time of the document; that of the event where it is absent.")
        Optional<String> timeKey,
    @Doc("How time_key is read, in letters of strptime; any common form where absent.")
        Optional<String> timeKeyFormat,
    @Doc("Digits of the fraction in @timestamp.") @Default("9") int timePrecision,
    @Doc("Adds no @timestamp to a record that has time_key.") @Default("false")
        boolean timeKeyExcludeTimestamp,
    @Doc("Tag of the error event for a time that cannot be read.") String timeParseErrorTag,
    @Doc("The field, or path, with the id of the document.") Optional<String> idKey,
    @Doc("The field, or path, with the id of its parent.") Optional<String> parentKey,
    @Doc("The field, or path, that chooses the shard.") Optional<String> routingKey,
    @Doc("index, create, update or upsert; all but index need id_key.") @Default("index")
        String writeOperation,
    @Doc("Reports records without id to @ERROR instead of dropping them.") @Default("false")
        boolean emitErrorForMissingId,
    @Doc("Pipeline that the server runs documents through; may hold placeholders.")
        Optional<String> pipeline,
    @Doc("Fields that are left out, with commas between them.") Optional<String> removeKeys,
    @Doc("Fields that an update leaves as they are, with commas between them.") @Default("")
        String removeKeysOnUpdate,
    @Doc("A field with a list of such fields.") Optional<String> removeKeysOnUpdateKey,
    @Doc("Sends an update as it is, not inside doc.") @Default("false") boolean suppressDocWrap,
    @Doc("Makes one level of nested maps.") @Default("false") boolean flattenHashes,
    @Doc("Stands between the names of the levels.") @Default("_") String flattenHashesSeparator,
    @Doc("Adds the tag.") @Default("false") boolean includeTagKey,
    @Doc("The field for the tag.") @Default("tag") String tagKey,
    @Doc("Puts the index into the URL: one request for each index.") @Default("false")
        boolean includeIndexInUrl,
    @Doc("Updates documents in the index where they are (a search for each chunk).")
        @Default("false")
        boolean targetIndexAffinity,
    @Doc("Sends no type.") @Default("false") boolean suppressTypeName,
    @Doc("Adds to each record where it came from.") Optional<Metadata> metadata) {
  @Doc("Adds to each record where it came from.")
  record Metadata(
      @Doc("Adds the id of the chunk.") @Default("false") boolean includeChunkId,
      @Doc("The field for it.") @Default("chunk_id") String chunkIdKey) {}
}
