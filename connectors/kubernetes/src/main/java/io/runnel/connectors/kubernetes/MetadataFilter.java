package io.runnel.connectors.kubernetes;

import io.runnel.config.ConfigException;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.MsgpackReader;
import io.runnel.net.TlsClientConfig;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.StopSignal;
import io.runnel.regexp.Regexp;
import io.runnel.regexp.Regexps;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adds what Kubernetes knows of the pod and the namespace that a record comes from
 * (fluent-plugin-kubernetes_metadata_filter). The names come from the tag, from fields that the
 * record has already, or from the journal's; records are not decoded for that, and what is added is
 * packed once for each container.
 */
public final class MetadataFilter implements Filter {
  public static final PluginType<MetadataConfig, PluginContext, Filter> TYPE =
      PluginType.filter("kubernetes_metadata", MetadataConfig.class, MetadataFilter::new);

  private static final int TAGS = 10_000;
  private static final long JOIN_MILLIS = 2_000;

  private final MetadataConfig config;
  private final PluginContext context;
  private final Regexp tagPattern;
  private final Regexp containerPattern;
  private final Stats stats = new Stats();
  private final String node;
  private final ApiServer api;
  private final MetadataSource source;
  private final RecordMetadata metadata;
  private final TtlCache<String, Optional<ContainerName>> tags;
  private final StopSignal stopping = new StopSignal();
  private final List<Thread> threads = new ArrayList<>();
  private long lastStats;

  MetadataFilter(MetadataConfig config, PluginContext context) {
    this(config, context, System.getenv());
  }

  /**
   * @param environment where a pod finds its cluster
   */
  MetadataFilter(MetadataConfig config, PluginContext context, Map<String, String> environment) {
    this.config = config;
    this.context = context;
    if (config.cacheSize() < 1) {
      throw fault("cache_size", "cache_size must be 1 or more: " + config.cacheSize());
    }
    tagPattern = pattern("tag_to_kubernetes_name_regexp", config.tagToKubernetesNameRegexp());
    containerPattern =
        pattern("container_name_to_kubernetes_regexp", config.containerNameToKubernetesRegexp());
    node = blankToNull(environment.get("K8S_NODE_NAME"));
    String url =
        config.kubernetesUrl().filter(text -> !text.isBlank()).orElse(inCluster(environment));
    if (url == null) {
      context.log().debug("No Kubernetes URL could be found in config or environ");
      api = null;
      source = null;
    } else {
      api = new ApiServer(settings(url));
      source =
          new MetadataSource(
              api,
              config,
              url,
              new MetadataReader(config, url, context.log()),
              stats,
              context.log(),
              context.clock());
    }
    metadata = new RecordMetadata(config, source, stats, context.clock());
    tags = new TtlCache<>(TAGS, -1, context.clock());
    lastStats = context.clock().nanos();
  }

  private static String blankToNull(String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  private ConfigException fault(String parameter, String message) {
    return new ConfigException(
        message,
        context.element().has(parameter)
            ? context.element().placeOf(parameter)
            : context.element().place());
  }

  private Regexp pattern(String parameter, String source) {
    try {
      return Regexps.compile(source, false, false);
    } catch (IllegalArgumentException e) {
      throw fault(parameter, parameter + ": " + e.getMessage());
    }
  }

  /** The address that Kubernetes gives each pod. */
  private static String inCluster(Map<String, String> environment) {
    String host = blankToNull(environment.get("KUBERNETES_SERVICE_HOST"));
    String port = blankToNull(environment.get("KUBERNETES_SERVICE_PORT"));
    if (host == null || port == null) {
      return null;
    }
    return "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/api";
  }

  private ApiServer.Settings settings(String url) {
    try {
      if (URI.create(url).getHost() == null) {
        throw new IllegalArgumentException("no host in it");
      }
    } catch (IllegalArgumentException e) {
      throw fault("kubernetes_url", "kubernetes_url is no URL: " + url + ": " + e.getMessage());
    }
    Path secrets = Path.of(config.secretDir());
    Optional<Path> ca = present(config.caFile()).or(() -> existing(secrets.resolve("ca.crt")));
    Optional<Path> token =
        present(config.bearerTokenFile()).or(() -> existing(secrets.resolve("token")));
    TlsClientConfig tls =
        new TlsClientConfig(
            ca.map(path -> List.of(path.toString())).orElse(List.of()),
            !config.verifySsl(),
            true,
            false,
            present(config.clientCert()).map(Path::toString),
            present(config.clientKey()).map(Path::toString),
            Optional.empty(),
            "TLSv1_2",
            Optional.of("TLSv1_2"),
            Optional.of("TLSv1_3"),
            "ALL:!aNULL:!eNULL:!SSLv2");
    return new ApiServer.Settings(
        url,
        config.apiVersion(),
        token,
        config.verifySsl(),
        () -> tls.context().context(),
        config.open(),
        config.read());
  }

  private static Optional<Path> present(Optional<String> path) {
    return path.filter(text -> !text.isBlank()).map(Path::of);
  }

  private static Optional<Path> existing(Path path) {
    return Files.exists(path) ? Optional.of(path) : Optional.empty();
  }

  @Override
  public void start() {
    if (source == null || !config.watch()) {
      return;
    }
    if (node == null) {
      context
          .log()
          .warn(
              "!! The environment variable 'K8S_NODE_NAME' is not set to the node name which can"
                  + " affect the API server and watch efficiency !!");
    }
    follow(new PodWatch(source, stats, node));
    if (!config.skipNamespaceMetadata()) {
      follow(new NamespaceWatch(source, stats));
    }
  }

  private void follow(Watch.Target target) {
    Watch watch = new Watch(target, api, config, stats, context.log(), context.clock(), stopping);
    threads.add(context.startVirtual(target.kind() + "_watch", watch));
  }

  /** The threads are virtual ones, so that an interrupt ends the read of a socket. */
  @Override
  public void stop() {
    stopping.set();
    threads.forEach(Thread::interrupt);
    threads.forEach(thread -> StopSignal.join(thread, JOIN_MILLIS));
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    if (stream.isEmpty()) {
      return stream;
    }
    ContainerName ofTag = name(tag);
    MetadataFields tagFields = null;
    EventBuilder out = new EventBuilder();
    boolean changed = false;
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      ContainerName own = ofRecord(cursor);
      MetadataFields fields;
      if (own != null) {
        fields = metadata.of(own, cursor.time());
      } else {
        if (ofTag != null && tagFields == null) {
          tagFields = metadata.of(ofTag, cursor.time());
        }
        fields = tagFields;
      }
      if (fields == null) {
        out.add(cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
        continue;
      }
      changed = true;
      out.begin();
      out.time(cursor.time());
      fields.write(cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), out.record());
      out.commit();
    }
    showStats();
    return changed ? out.take() : stream;
  }

  private ContainerName name(String tag) {
    Optional<ContainerName> known = tags.get(tag);
    if (known == null) {
      known = Optional.ofNullable(ContainerName.match(tagPattern, tag));
      tags.put(tag, known);
    }
    return known.orElse(null);
  }

  /** The names that stand in the record itself; null where they do not. */
  private ContainerName ofRecord(EventCursor cursor) {
    boolean journal = config.useJournal().orElse(true);
    if (!config.lookupFromK8sField() && !journal || !RecordNames.mayHaveNames(reader(cursor))) {
      return null;
    }
    Map<String, Object> record = cursor.record();
    ContainerName found = config.lookupFromK8sField() ? RecordNames.ofFields(record) : null;
    return found == null && journal ? RecordNames.ofJournal(record, containerPattern) : found;
  }

  private static MsgpackReader reader(EventCursor cursor) {
    return new MsgpackReader(cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
  }

  private void showStats() {
    if (config.statsInterval() <= 0) {
      return;
    }
    long now = context.clock().nanos();
    synchronized (stats) {
      if (now - lastStats < config.statsInterval() * 1_000_000_000L) {
        return;
      }
      lastStats = now;
    }
    if (source != null) {
      stats.set("pod_cache_size", source.pods());
      stats.set("namespace_cache_size", source.namespaces());
    }
    context.log().info(stats.text());
  }

  /** For tests. */
  Stats stats() {
    return stats;
  }
}
