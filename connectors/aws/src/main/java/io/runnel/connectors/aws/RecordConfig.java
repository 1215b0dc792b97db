package io.runnel.connectors.aws;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.PluginSection;
import io.runnel.plugins.common.InjectConfig;
import java.util.Optional;

/** How an event becomes the data of a Kinesis record, and how records are sent. */
record RecordConfig(
    @Doc("The field whose value is the data; the formatted event where absent.")
        Optional<String> dataKey,
    @Doc("Characters of a record that messages about it show; 0 for all.") @Default("1024")
        int logTruncateMaxSize,
    @Doc("Compresses each record: zlib or gzip.") Optional<String> compression,
    @Doc("Cuts the line end off the formatted event.") @Default("false") boolean chompRecord,
    @Doc("Logs each request.") @Default("false") boolean debug,
    @Doc("Largest record in bytes; a larger one goes to the error stream.") @Default("1048576")
        int maxRecordSize,
    @Doc("Sends records that the service did not take so many times again, alone.") @Default("8")
        int retriesOnBatchRequest,
    @Doc("Begins with the shortest pause again after a try that moved something.") @Default("true")
        boolean resetBackoffIfSuccess,
    @Doc("Records of a request at most.") Optional<Integer> batchRequestMaxCount,
    @Doc("Bytes of a request at most.") Optional<Integer> batchRequestMaxSize,
    @Doc("After these retries the records go to the error stream instead of back to the buffer.")
        @Default("false")
        boolean dropFailedRecordsAfterBatchRequestRetries,
    @Doc("Not used: retries are in the log.") @Default("false")
        boolean monitorNumOfBatchRequestRetries,
    @Doc("How an event is written.") @Default("json") PluginSection format,
    @Doc("Fields that are added; times are text (%Y-%m-%dT%H:%M:%S.%N%z) by default.")
        Optional<InjectConfig> inject) {
  static final String TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%N%z";
}
