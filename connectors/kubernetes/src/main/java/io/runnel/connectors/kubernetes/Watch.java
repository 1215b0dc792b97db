package io.runnel.connectors.kubernetes;

import io.runnel.host.Clock;
import io.runnel.log.Log;
import io.runnel.plugins.common.StopSignal;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Follows the changes of pods or of namespaces (list, then watch from its resourceVersion;
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes). One
 * thread; an interrupt ends it.
 */
final class Watch implements Runnable {
  /** What is followed. */
  interface Target {
    /** {@code pod} or {@code namespace}. */
    String kind();

    /** Selects the objects that matter; empty for all. */
    String fieldSelector();

    /** An object of the list at the beginning. */
    void listed(Map<?, ?> object);

    /**
     * An object that is new or has changed.
     *
     * @param added new, rather than changed
     */
    void changed(Map<?, ?> object, boolean added);
  }

  private static final int PAGE = 500;
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** Where watches end at once, the server is not asked more often than this. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private final Target target;
  private final ApiServer api;
  private final MetadataConfig config;
  private final Stats stats;
  private final Log log;
  private final Clock clock;
  private final StopSignal stopping;
  private String version;
  private int failures;

  Watch(
      Target target,
      ApiServer api,
      MetadataConfig config,
      Stats stats,
      Log log,
      Clock clock,
      StopSignal stopping) {
    this.target = target;
    this.api = api;
    this.config = config;
    this.stats = stats;
    this.log = log;
    this.clock = clock;
    this.stopping = stopping;
  }

  @Override
  public void run() {
    while (!stopping.isSet()) {
      long begun = clock.nanos();
      try {
        if (version == null) {
          list();
        }
        api.watch(watchPath(), this::notice);
        long left = SHORTEST.toNanos() - (clock.nanos() - begun);
        if (left > 0) {
          stopping.pause(left);
        }
      } catch (ApiException e) {
        refused(e);
      } catch (IOException e) {
        failed(e.toString());
      }
    }
  }

  private void refused(ApiException e) {
    if (e.status() == ApiException.GONE) {
      stats.bump(target.kind() + "_watch_gone_errors");
      log.info(
          "410 Gone encountered. Restarting "
              + target.kind()
              + " watch to reset resource versions.");
      version = null;
      stopping.pause(SHORTEST.toNanos());
      return;
    }
    if (e.status() == ApiException.UNAUTHORIZED) {
      log.info(
          "Encountered '401 Unauthorized' exception in watch, recreating client to refresh token");
    }
    failed(e.getMessage());
  }

  private void failed(String why) {
    if (stopping.isSet()) {
      return;
    }
    stats.bump(target.kind() + "_watch_failures");
    long seconds = wait(config, failures);
    String message =
        "Exception encountered parsing "
            + target.kind()
            + " watch event. The connection might have been closed. Sleeping for "
            + seconds
            + " seconds and resetting the "
            + target.kind()
            + " watcher. "
            + why;
    if (failures++ < config.watchRetryMaxTimes()) {
      log.info(message);
    } else {
      log.error(message);
    }
    stopping.pause(Duration.ofSeconds(seconds).toNanos());
  }

  /** Seconds to wait after so many failures before this one. */
  static long wait(MetadataConfig config, int failures) {
    double wait =
        Math.max(1, config.watchRetryInterval())
            * Math.pow(Math.max(1, config.watchRetryExponentialBackoffBase()), failures);
    return (long) Math.min(wait, LONGEST.toSeconds());
  }

  private void list() throws IOException {
    String more = "";
    do {
      Map<?, ?> page =
          api.get("/" + target.kind() + "s?resourceVersion=0&limit=" + PAGE + selector() + more);
      for (Object item : page.get("items") instanceof List<?> items ? items : List.of()) {
        if (item instanceof Map<?, ?> object) {
          target.listed(object);
          stats.bump(target.kind() + "_cache_host_updates");
        }
      }
      Map<?, ?> metadata = page.get("metadata") instanceof Map<?, ?> map ? map : Map.of();
      version = metadata.get("resourceVersion") instanceof String text ? text : "0";
      more =
          metadata.get("continue") instanceof String token && !token.isEmpty()
              ? "&continue=" + URLEncoder.encode(token, StandardCharsets.UTF_8)
              : "";
    } while (!more.isEmpty() && !stopping.isSet());
  }

  private String selector() {
    return target.fieldSelector().isEmpty()
        ? ""
        : "&fieldSelector=" + URLEncoder.encode(target.fieldSelector(), StandardCharsets.UTF_8);
  }

  private String watchPath() {
    return "/"
        + target.kind()
        + "s?watch=true&allowWatchBookmarks=true&timeoutSeconds="
        + ApiServer.WATCH_SECONDS
        + "&resourceVersion="
        + URLEncoder.encode(version, StandardCharsets.UTF_8)
        + selector();
  }

  private void notice(Map<?, ?> notice) throws IOException {
    Map<?, ?> object = notice.get("object") instanceof Map<?, ?> map ? map : Map.of();
    String type = String.valueOf(notice.get("type"));
    if (type.equals("ERROR")) {
      if (object.get("code") instanceof Number code && code.intValue() == ApiException.GONE) {
        stats.bump(target.kind() + "_watch_gone_notices");
        throw new ApiException(ApiException.GONE, "410 Gone");
      }
      stats.bump(target.kind() + "_watch_error_type_notices");
      throw new IOException(
          "Error while watching " + target.kind() + "s: " + object.get("message"));
    }
    failures = 0;
    if (object.get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("resourceVersion") instanceof String seen) {
      version = seen;
    }
    switch (type) {
      case "ADDED" -> target.changed(object, true);
      case "MODIFIED" -> target.changed(object, false);
      case "DELETED" ->
          // its last lines may still be read: it ages out
          stats.bump(target.kind() + "_cache_watch_deletes_ignored");
      default -> stats.bump(target.kind() + "_cache_watch_ignored");
    }
  }
}
