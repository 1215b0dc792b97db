package io.runnel.connectors.httpservices;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.plugins.common.InjectConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the outputs for BigQuery have in common. */
record BigqueryConfig(
    @Inline GoogleAccess access,
    @Doc("The project; may hold placeholders of the chunk keys.") String project,
    @Doc("The dataset; may hold placeholders.") String dataset,
    @Doc("The table; may hold placeholders.") Optional<String> table,
    @Doc("Several tables that take turns, instead of one.") List<String> tables,
    @Doc(
            "Inserts into a table that is made after this one, with this suffix; may hold placeholders.")
        Optional<String> templateSuffix,
    @Doc("Makes a table that is not there.") @Default("false") boolean autoCreateTable,
    @Doc("Inserts the good rows of a request with bad ones.") @Default("false")
        boolean skipInvalidRows,
    @Doc("Leaves values out that the table has no field for; else such rows are bad.")
        @Default("false")
        boolean ignoreUnknownValues,
    @Doc("Fields of the table as JSON: name, type, mode, fields.") Optional<String> schema,
    @Doc("A file with the same; may hold placeholders.") Optional<String> schemaPath,
    @Doc("Takes the fields of the table that is there.") @Default("false") boolean fetchSchema,
    @Doc("The table whose fields are taken; may hold placeholders.")
        Optional<String> fetchSchemaTable,
    @Doc("Asks for them anew after this time.") @Default("600") Duration schemaCacheExpire,
    @Doc(
            "The field with the row's id, by which BigQuery knows rows that come twice; the chunk's id"
                + " and the row's number where absent.")
        Optional<String> insertIdField,
    @Doc("A field that gets the time of the insert.") Optional<String> addInsertTimestamp,
    @Doc("Not used: what may be inserted later is tried again.") @Default("false")
        boolean allowRetryInsertErrors,
    @Doc("Wait for the answer; 60 s where absent.") Optional<Duration> requestTimeoutSec,
    @Doc("Wait for a connection.") @Default("60") Duration requestOpenTimeoutSec,
    @Doc("Partitions of tables that are made: day or hour.")
        Optional<Partitioning> timePartitioningType,
    @Doc("… by this field.") Optional<String> timePartitioningField,
    @Doc("… which are kept so long.") Optional<Duration> timePartitioningExpiration,
    @Doc("Queries of tables that are made must name a partition.") @Default("false")
        boolean requirePartitionFilter,
    @Doc("Fields by which tables that are made are sorted.") List<String> clusteringFields,
    @Doc("URL of the interface.") @Default("https://bigquery.googleapis.com/bigquery/v2")
        String endpoint,
    @Doc("Fields that are added.") Optional<InjectConfig> inject) {
  enum Partitioning {
    DAY,
    HOUR
  }
}
