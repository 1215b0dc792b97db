package io.runnel.connectors.aws;

import io.runnel.log.Log;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes groups and streams that are not there. Safe for use by several threads at once. */
final class LogGroups {
  /** Groups whose wishes are remembered until they are made. */
  private static final int MOST = 10_000;

  /**
   * What a group gets when it is made.
   *
   * @param retentionInDays null for ever
   */
  record Wishes(Map<String, Object> tags, Long retentionInDays) {}

  private static final String EXISTS = "ResourceAlreadyExistsException";

  private final AwsService service;
  private final Log log;
  private final Map<String, Wishes> wishes =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Wishes> eldest) {
          return size() > MOST;
        }
      };

  LogGroups(AwsService service, Log log) {
    this.service = service;
    this.log = log;
  }

  /** Remembers what the first event of a group says. */
  synchronized void remember(String group, Wishes wish) {
    wishes.putIfAbsent(group, wish);
  }

  /** Makes the stream, and its group before. */
  synchronized void create(LogTarget target) throws IOException {
    Wishes wish = wishes.getOrDefault(target.group(), new Wishes(Map.of(), null));
    Map<String, Object> request = new HashMap<>();
    request.put("logGroupName", target.group());
    if (!wish.tags().isEmpty()) {
      request.put("tags", wish.tags());
    }
    if (make("CreateLogGroup", request) && wish.retentionInDays() != null) {
      retain(target.group(), wish.retentionInDays());
    }
    make(
        "CreateLogStream",
        Map.of("logGroupName", target.group(), "logStreamName", target.stream()));
  }

  private boolean make(String operation, Map<String, Object> request) throws IOException {
    try {
      service.call(operation, request);
      log.info("out_cloudwatch_logs: " + operation + " " + request);
      return true;
    } catch (AwsException e) {
      if (e.type().equals(EXISTS)) {
        return false;
      }
      throw e;
    }
  }

  private void retain(String group, long days) throws IOException {
    try {
      service.call("PutRetentionPolicy", Map.of("logGroupName", group, "retentionInDays", days));
    } catch (AwsException e) {
      if (!e.isAboutData()) {
        throw e;
      }
      log.warn("failed to set retention policy for Log group '" + group + "': " + e.getMessage());
    }
  }
}
