package io.runnel.connectors.aws;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Obsolete;
import io.runnel.config.PluginSection;
import io.runnel.event.EventTime;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.Storage;
import io.runnel.plugins.common.ParseDefaults;
import io.runnel.plugins.common.StopSignal;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;
import io.runnel.time.Zone;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads log streams of Amazon CloudWatch Logs (fluent-plugin-cloudwatch-logs). */
public final class CloudwatchLogsInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("cloudwatch_logs", Config.class, CloudwatchLogsInput::new)
          .legacy(LegacyParameters.PARSE)
          .singleWorker();

  private static final long STOP_MILLIS = 5_000;

  /** Pages of one stream in one round, so that no stream holds up the others for ever. */
  private static final int MOST_PAGES = 100;

  @Doc("Reads log streams of Amazon CloudWatch Logs.")
  record Config(
      @Inline LogsAccess access,
      @Doc("Tag of the events.") String tag,
      @Doc("Name of the log group, or its beginning.") String logGroupName,
      @Doc("log_group_name is the beginning of several names.") @Default("false")
          boolean useLogGroupNamePrefix,
      @Doc("Adds the group's name.") @Default("false") boolean addLogGroupName,
      @Doc("The field of the group's name.") @Default("log_group") String logGroupNameKey,
      @Doc("Name of the log stream, or its beginning.") Optional<String> logStreamName,
      @Doc("log_stream_name is the beginning of several names.") @Default("false")
          boolean useLogStreamNamePrefix,
      @Doc("Reads streams whose names begin with the day or the one before, 2026/01/31.")
          @Default("false")
          boolean useTodaysLogStream,
      @Doc("A file that keeps how far each stream was read.") @Obsolete("Use <storage> instead.")
          Optional<String> stateFile,
      @Doc("Time between two looks.") @Default("60") Duration fetchInterval,
      @Doc("Takes the service's time of an event, not the parser's.") @Default("false")
          boolean useAwsTimestamp,
      @Doc("Reads events from this time on.") Optional<String> startTime,
      @Doc("Reads events up to this time.") Optional<String> endTime,
      @Doc("How these times are written.") @Default("%Y-%m-%d %H:%M:%S") String timeRangeFormat,
      @Doc("Waits so long where the service wants fewer requests; else until the next look.")
          Optional<Duration> throttlingRetrySeconds,
      @Doc("Adds the names of group and stream as the map metadata.") @Default("false")
          boolean includeMetadata,
      @Doc("Not used.") @Default("yajl") String jsonHandler,
      @Doc("How messages are read; as JSON where absent.") @Default("none") PluginSection parse,
      @Doc("Keeps how far each stream was read.") @Default("local") PluginSection storage) {}

  private final Config config;
  private final PluginContext context;
  private final AwsService service;
  private final Storage storage;
  private final LogMessages messages;
  private final Optional<Long> start;
  private final Optional<Long> end;
  private final StopSignal stop = new StopSignal();
  private Thread thread;

  CloudwatchLogsInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    service = config.access.service(context);
    start = config.startTime.map(text -> millis("start_time", text));
    end = config.endTime.map(text -> millis("end_time", text));
    if (start.isPresent() && end.isPresent() && end.get() < start.get()) {
      throw new ConfigException(
          "end_time(%d) should be greater than start_time(%d).".formatted(end.get(), start.get()),
          context.element().placeOf("end_time"));
    }
    if (config.logStreamName.isEmpty()
        && !config.useLogStreamNamePrefix
        && !config.useTodaysLogStream) {
      throw new ConfigException(
          "log_stream_name is required unless use_log_stream_name_prefix or"
              + " use_todays_log_stream is true",
          context.element().place());
    }
    messages =
        new LogMessages(
            context,
            config.tag,
            config.parse.present() ? Optional.of(context.parser(config.parse)) : Optional.empty(),
            config.useAwsTimestamp,
            config.addLogGroupName ? Optional.of(config.logGroupNameKey) : Optional.empty(),
            config.includeMetadata);
    storage = context.storage(storageSection(), "store_next_tokens");
  }

  private PluginSection storageSection() {
    if (!config.storage.present() && config.stateFile.isPresent()) {
      config.storage.element().set("persistent", "true");
      config.storage.element().set("path", config.stateFile.get() + ".json");
    }
    ParseDefaults.set(config.storage, "persistent", "false");
    return config.storage;
  }

  private long millis(String parameter, String text) {
    try {
      long time =
          TimeParser.text(config.timeRangeFormat, Zone.of(context.zone()), context.clock())
              .parse(text);
      return EventTime.seconds(time) * 1_000 + EventTime.nanos(time) / 1_000_000;
    } catch (TimeParseException e) {
      throw new ConfigException(
          parameter + ": " + e.getMessage(), context.element().placeOf(parameter), e);
    }
  }

  @Override
  public void start() throws Exception {
    storage.start();
    if (messages.parser().isPresent()) {
      messages.parser().get().start();
    }
    service.start();
    thread = context.start("cloudwatch_logs", this::run);
  }

  @Override
  public void stop() {
    stop.set();
    StopSignal.join(thread, STOP_MILLIS);
    service.stop();
    messages.parser().ifPresent(Parser::stop);
    storage.stop();
  }

  @Override
  public void close() {
    service.close();
    messages.parser().ifPresent(Parser::close);
    storage.close();
  }

  private void run() {
    do {
      try {
        look();
      } catch (IOException e) {
        context
            .log()
            .warn("in_cloudwatch_logs: " + e.getMessage() + "; tried again at the next look");
      } catch (EmitException e) {
        context.log().warn("in_cloudwatch_logs: events could not be taken: " + e.getMessage());
      }
    } while (stop.pause(config.fetchInterval.toNanos()));
  }

  private void look() throws IOException {
    for (String group : groups()) {
      for (String stream : streams(group)) {
        for (int page = 0; page < MOST_PAGES && !stop.isSet(); page++) {
          if (!read(group, stream)) {
            break;
          }
        }
      }
    }
  }

  private List<String> groups() throws IOException {
    return config.useLogGroupNamePrefix
        ? names(
            "DescribeLogGroups",
            Map.of("logGroupNamePrefix", config.logGroupName),
            "logGroups",
            "logGroupName")
        : List.of(config.logGroupName);
  }

  private Set<String> streams(String group) throws IOException {
    if (config.useTodaysLogStream) {
      Set<String> names = new LinkedHashSet<>(streams(group, day(0)));
      names.addAll(streams(group, day(1)));
      return names;
    }
    String name = config.logStreamName.orElse("");
    return config.useLogStreamNamePrefix ? new LinkedHashSet<>(streams(group, name)) : Set.of(name);
  }

  private List<String> streams(String group, String prefix) throws IOException {
    Map<String, Object> request = new HashMap<>();
    request.put("logGroupName", group);
    if (!prefix.isEmpty()) {
      request.put("logStreamNamePrefix", prefix);
    }
    return names("DescribeLogStreams", request, "logStreams", "logStreamName");
  }

  private String day(int before) {
    ZoneId zone = context.zone();
    return DateTimeFormatter.ofPattern("yyyy/MM/dd")
        .format(Instant.ofEpochMilli(context.clock().millis()).atZone(zone).minusDays(before));
  }

  private List<String> names(String operation, Map<String, ?> request, String list, String field)
      throws IOException {
    List<String> names = new ArrayList<>();
    Map<String, Object> asked = new HashMap<>(request);
    Object next;
    do {
      Map<?, ?> answer = call(operation, asked);
      if (answer.get(list) instanceof List<?> items) {
        items.forEach(item -> names.add("" + ((Map<?, ?>) item).get(field)));
      }
      next = answer.get("nextToken");
      asked.put("nextToken", next);
    } while (next != null && !stop.isSet());
    return names;
  }

  private Map<?, ?> call(String operation, Map<String, ?> request) throws IOException {
    while (true) {
      try {
        return service.call(operation, request);
      } catch (AwsException e) {
        boolean waits =
            e.type().equals("ThrottlingException") && config.throttlingRetrySeconds.isPresent();
        if (!waits) {
          throw e;
        }
        long seconds = config.throttlingRetrySeconds.get().toSeconds();
        context
            .log()
            .warn(
                "ThrottlingException %s. Waiting %d seconds to retry."
                    .formatted(operation, seconds));
        if (!stop.pause(config.throttlingRetrySeconds.get().toNanos())) {
          throw e;
        }
      }
    }
  }

  /** Reads one page; its place is stored when its events are safe. False at the end. */
  private boolean read(String group, String stream) throws IOException {
    String key = key(group, stream);
    Map<String, Object> request = new HashMap<>();
    request.put("logGroupName", group);
    request.put("logStreamName", stream);
    start.ifPresent(time -> request.put("startTime", time));
    end.ifPresent(time -> request.put("endTime", time));
    Object token = storage.get(key);
    if (token != null) {
      request.put("nextToken", token);
    }
    if (token != null || start.isPresent() || end.isPresent()) {
      request.put("startFromHead", true);
    }
    Map<?, ?> answer = call("GetLogEvents", request);
    List<?> events = answer.get("events") instanceof List<?> list ? list : List.of();
    messages.emit(group, stream, events);
    context.emitter().commit();
    Object next = answer.get("nextForwardToken");
    if (next == null || next.equals(token)) {
      return false;
    }
    storage.put(key, next);
    return !events.isEmpty();
  }

  /** As the gem names it in its storage. */
  private String key(String group, String stream) {
    String prefix = config.stateFile.orElse("");
    return config.useLogGroupNamePrefix
        ? prefix + "_" + group.replace('/', '-') + "_" + stream.replace('/', '-')
        : prefix + "_" + stream.replace('/', '-');
  }
}
