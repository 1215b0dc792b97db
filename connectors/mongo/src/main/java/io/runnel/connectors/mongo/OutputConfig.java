package io.runnel.connectors.mongo;

import io.runnel.config.ByteSize;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.Obsolete;
import io.runnel.config.Secret;
import io.runnel.plugins.common.InjectConfig;
import java.time.Duration;
import java.util.Optional;

/** What both outputs have. */
record OutputConfig(
    @Doc("MongoDB's connection string, mongodb://…; in place of database, host, port and user.")
        @Secret
        Optional<String> connectionString,
    @Doc("The database; may hold placeholders of the chunk keys.") Optional<String> database,
    @Doc("The collection; may hold placeholders of the chunk keys.") @Default("untagged")
        String collection,
    @Doc("The server's host.") @Default("localhost") String host,
    @Doc("The server's port.") @Default("27017") int port,
    @Inline AuthConfig auth,
    @Inline SslConfig ssl,
    @Doc("How many servers must have a document before it counts; the server's own rule else.")
        Optional<Integer> writeConcern,
    @Doc("Whether a document must be in the journal; the server's own rule else.")
        Optional<Boolean> journaled,
    @Inline DocumentConfig documents,
    @Doc("Writes each tag to the collection of its name.")
        @Default("false")
        @Obsolete("use '${tag}' placeholder in collection parameter.")
        boolean tagMapped,
    @Doc("Taken off the front of the collection's name.")
        @Obsolete("use @label instead for event routing.")
        Optional<String> removeTagPrefix,
    @Doc("A collection that is made here forgets documents of this age, by the time's field.")
        @Default("0")
        Duration expireAfter,
    @Doc("A collection that is made here is capped; needs capped_size.") @Default("false")
        boolean capped,
    @Doc("The size of a capped collection.") Optional<ByteSize> cappedSize,
    @Doc("How many documents a capped collection holds at most.") Optional<ByteSize> cappedMax,
    @Doc("Chunks of 2 MB in place of 8, as servers before 1.8 needed them.") @Default("false")
        boolean mongodbSmallerBsonLimit,
    @Doc("Writes documents one after the other; else one that is refused holds up no other.")
        @Default("true")
        boolean ordered,
    @Doc("Fields that are added to each record; without the section the time is, as time.")
        Optional<InjectConfig> inject) {}
