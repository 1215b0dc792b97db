package io.runnel.connectors.kubernetes;

import io.runnel.host.Clock;
import io.runnel.log.Log;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * Pods and namespaces: from memory, else from the API server. Memory is filled by the watch too.
 *
 * <p>The pipeline waits here, so that is bounded: a request takes {@code open_timeout} and {@code
 * read_timeout} at most, a thread waits for another's request as long at most, what is not found is
 * not asked for again within {@link #MISSING}, and when the server does not answer nobody asks
 * within {@link #PAUSE}.
 *
 * <p>Safe for use by several threads.
 */
final class MetadataSource {
  /** A pod that was just made may be known a moment later. */
  private static final Duration MISSING = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** Of names in Kubernetes (RFC 1123). */
  private static final int MAX_NAME = 253;

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");

  private final ApiServer api;
  private final MetadataConfig config;
  private final String endpoint;
  private final MetadataReader reader;
  private final Stats stats;
  private final Log log;
  private final Clock clock;
  private final TtlCache<String, PodMetadata> pods;
  private final TtlCache<String, String> podNames;

  /** Pods by the ids of containers, and of other pods, for which they were the answer. */
  private final TtlCache<String, String> podsByKey;

  private final TtlCache<String, NamespaceMetadata> namespaces;
  private final TtlCache<String, Boolean> missing;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile long pausedUntil;
  private volatile boolean paused;

  MetadataSource(
      ApiServer api,
      MetadataConfig config,
      String endpoint,
      MetadataReader reader,
      Stats stats,
      Log log,
      Clock clock) {
    this.api = api;
    this.config = config;
    this.endpoint = endpoint;
    this.reader = reader;
    this.stats = stats;
    this.log = log;
    this.clock = clock;
    long lifetime = config.cacheTtl() < 0 ? -1 : Duration.ofSeconds(config.cacheTtl()).toNanos();
    pods = new TtlCache<>(config.cacheSize(), lifetime, clock);
    podNames = new TtlCache<>(config.cacheSize(), lifetime, clock);
    podsByKey = new TtlCache<>(config.cacheSize(), lifetime, clock);
    namespaces = new TtlCache<>(config.cacheSize(), lifetime, clock);
    missing = new TtlCache<>(config.cacheSize(), MISSING.toNanos(), clock);
  }

  /**
   * The pod of that name.
   *
   * @param key its uid or the id of one of its containers, as far as the log's name tells; where it
   *     fits the pod in memory, the server is not asked
   * @return null where it is not known, or the server cannot be asked
   */
  PodMetadata pod(String namespace, String name, String key) {
    String fullName = namespace + "/" + name;
    PodMetadata known = byName(fullName);
    if (known != null
        && (key == null || belongs(known, key) || known.id().equals(podsByKey.get(key)))) {
      return known;
    }
    if (!isName(namespace) || !isName(name)) {
      return null;
    }
    stats.bump("pod_cache_miss");
    PodMetadata asked =
        ask(
            "pod",
            fullName,
            () -> {
              Map<?, ?> found =
                  api.get(
                      "/namespaces/"
                          + escape(namespace)
                          + "/pods/"
                          + escape(name)
                          + "?resourceVersion=0");
              stats.bump("pod_cache_api_updates");
              PodMetadata pod = put(found);
              if (key != null) {
                podsByKey.put(key, pod.id());
              }
              return pod;
            });
    return asked == null ? known : asked;
  }

  private PodMetadata byName(String fullName) {
    String id = podNames.get(fullName);
    return id == null ? null : pods.get(id);
  }

  private static boolean belongs(PodMetadata pod, String key) {
    return pod.id().equals(key)
        || pod.containers().values().stream().anyMatch(container -> container.id().equals(key));
  }

  /** The namespace; null as in {@link #pod}. */
  NamespaceMetadata namespace(String name) {
    NamespaceMetadata known = namespaces.get(name);
    if (known != null) {
      return known;
    }
    if (!isName(name)) {
      return null;
    }
    stats.bump("namespace_cache_miss");
    return ask(
        "namespace",
        name,
        () -> {
          Map<?, ?> found = api.get("/namespaces/" + escape(name) + "?resourceVersion=0");
          stats.bump("namespace_cache_api_updates");
          return putNamespace(found);
        });
  }

  /** Names come from outside and go into a URL. */
  private static boolean isName(String text) {
    return text != null && text.length() <= MAX_NAME && NAME.matcher(text).matches();
  }

  private static String escape(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Keeps a pod as the API shows it. */
  PodMetadata put(Map<?, ?> object) {
    PodMetadata pod = reader.pod(object);
    pods.put(pod.id(), pod);
    podNames.put(pod.namespace() + "/" + pod.name(), pod.id());
    return pod;
  }

  boolean knowsPod(String id) {
    return pods.get(id) != null;
  }

  NamespaceMetadata putNamespace(Map<?, ?> object) {
    NamespaceMetadata namespace = reader.namespace(object);
    namespaces.put(namespace.name(), namespace);
    return namespace;
  }

  boolean knowsNamespace(String name) {
    return namespaces.get(name) != null;
  }

  int pods() {
    return pods.size();
  }

  int namespaces() {
    return namespaces.size();
  }

  private interface Question<T> {
    T ask() throws IOException;
  }

  private <T> T ask(String kind, String name, Question<T> question) {
    String subject = kind + " " + name;
    if (missing.get(subject) != null || isPaused()) {
      return null;
    }
    long patience = config.open().plus(config.read()).toMillis();
    try {
      if (!asking.tryLock(patience, TimeUnit.MILLISECONDS)) {
        return null;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
    try {
      return isPaused() ? null : question.ask();
    } catch (ApiException e) {
      refused(kind, subject, e);
      return null;
    } catch (IOException e) {
      failed(kind, e.toString());
      pause();
      return null;
    } finally {
      asking.unlock();
    }
  }

  private void refused(String kind, String subject, ApiException e) {
    switch (e.status()) {
      case ApiException.UNAUTHORIZED -> {
        log.info("Encountered '401 Unauthorized' exception, recreating client to refresh token");
        pause();
      }
      case ApiException.NOT_FOUND -> {
        log.debug("Encountered '404 Not Found' exception, " + subject + " not found");
        stats.bump(kind + "_cache_api_nil_error");
        missing.put(subject, true);
      }
      case ApiException.FORBIDDEN -> {
        failed(
            kind,
            e.getMessage()
                + " (the service account needs the verbs get, list and watch on pods and"
                + " namespaces)");
        missing.put(subject, true);
      }
      default -> {
        failed(kind, e.getMessage());
        pause();
      }
    }
  }

  private void failed(String kind, String why) {
    stats.bump(kind + "_cache_api_nil_error");
    log.error(
        "Exception '"
            + why
            + "' encountered fetching "
            + kind
            + " metadata from Kubernetes API "
            + config.apiVersion()
            + " endpoint "
            + endpoint);
  }

  private boolean isPaused() {
    return paused && pausedUntil - clock.nanos() > 0;
  }

  private void pause() {
    pausedUntil = clock.nanos() + PAUSE.toNanos();
    paused = true;
  }
}
