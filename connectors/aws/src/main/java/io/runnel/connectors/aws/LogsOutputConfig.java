package io.runnel.connectors.aws;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.PluginSection;
import io.runnel.plugins.common.InjectConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

@Doc("Writes events to log streams of Amazon CloudWatch Logs.")
record LogsOutputConfig(
    @Inline LogsAccess access,
    @Doc("Name of the log group; may hold placeholders of the chunk keys.")
        Optional<String> logGroupName,
    @Doc("Name of the log stream; may hold placeholders of the chunk keys.")
        Optional<String> logStreamName,
    @Doc("Makes groups and streams that are not there.") @Default("false") boolean autoCreateStream,
    @Doc("Sends these fields with blanks between them instead of the record as JSON.")
        List<String> messageKeys,
    @Doc("Cuts messages to so many characters.") Optional<Integer> maxMessageLength,
    @Doc("Events of a request at most.") @Default("10000") int maxEventsPerBatch,
    @Doc("The tag is the group's name.") @Default("false") boolean useTagAsGroup,
    @Doc("The tag is the stream's name.") @Default("false") boolean useTagAsStream,
    @Doc("The field with the group's name.") Optional<String> logGroupNameKey,
    @Doc("The field with the stream's name.") Optional<String> logStreamNameKey,
    @Doc("Takes that field out of the record.") @Default("false") boolean removeLogGroupNameKey,
    @Doc("Takes that field out of the record.") @Default("false") boolean removeLogStreamNameKey,
    @Doc("Tags of groups that are made.") Map<String, Object> logGroupAwsTags,
    @Doc("The field with the tags of groups that are made.") Optional<String> logGroupAwsTagsKey,
    @Doc("Takes that field out of the record.") @Default("false") boolean removeLogGroupAwsTagsKey,
    @Doc("Days that groups that are made keep their events.") Optional<Integer> retentionInDays,
    @Doc("The field with these days.") Optional<String> retentionInDaysKey,
    @Doc("Takes that field out of the record.") @Default("false") boolean removeRetentionInDaysKey,
    @Doc("Logs what the service took only in part.") @Default("false") boolean logRejectedRequest,
    @Doc("Not used: the buffer tries again.") @Default("1.0") Duration putLogEventsRetryWait,
    @Doc("Not used: the buffer tries again.") @Default("17") int putLogEventsRetryLimit,
    @Doc("Not used: the buffer tries again.") @Default("false")
        boolean putLogEventsDisableRetryLimit,
    @Doc("Not used: flush_thread_count of the buffer says how many requests there are at once.")
        @Default("1")
        int concurrency,
    @Doc("Not used.") @Default("yajl") String jsonHandler,
    @Doc("Not used: a failed request asks for the credentials anew.")
        Optional<Integer> awsInstanceProfileCredentialsRetries,
    @Doc("How an event is written; message_keys or JSON where absent.") @Default("json")
        PluginSection format,
    @Doc("Fields that are added.") Optional<InjectConfig> inject) {}
