package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigException;
import io.runnel.event.Json;
import io.runnel.plugin.Chunk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Puts templates into the cluster before the first document that needs them. What was put, or was
 * there, is remembered. Safe for use by several threads at once.
 */
final class Templates implements Setup {
  /** A file that is longer than this is no template. */
  private static final long MAX_FILE = 8 << 20;

  /** What is remembered at most; then all is asked for again. */
  private static final int MAX_KNOWN = 10_000;

  private final BulkOutput output;
  private final TemplateConfig config;
  private final Lifecycle lifecycle;
  private final Set<String> known = new HashSet<>();
  private long knownSince;

  /**
   * @param lifecycle null for none
   */
  Templates(BulkOutput output, TemplateConfig config, Lifecycle lifecycle) {
    this.output = output;
    this.config = config;
    this.lifecycle = lifecycle;
    if (config.maxRetryPuttingTemplate() < 0) {
      throw new ConfigException(
          "'max_retry_putting_template' must be greater than or equal to zero.",
          output.context().element().placeOf("max_retry_putting_template"));
    }
    knownSince = output.context().clock().nanos();
    config.templateFile().ifPresent(file -> check("template_file", file));
    config.templates().forEach((name, file) -> check("templates", String.valueOf(file)));
  }

  private void check(String parameter, String file) {
    if (!Files.isReadable(Path.of(file))) {
      throw new ConfigException(
          "If you specify a template_name you must specify a valid template file (checked '"
              + file
              + "')!",
          output.context().element().placeOf(parameter));
    }
  }

  boolean hasTemplate() {
    return config.templateName().isPresent() && config.templateFile().isPresent();
  }

  /** The names of this configuration that may hold placeholders. */
  List<String> texts() {
    List<String> texts = new ArrayList<>();
    config.templateName().ifPresent(texts::add);
    config.customizeTemplate().values().forEach(value -> texts.add(String.valueOf(value)));
    texts.add(config.applicationName());
    return texts;
  }

  @Override
  public void prepare(Hosts hosts, Chunk chunk, Names names, Target first) throws IOException {
    if (!hasTemplate() && config.templates().isEmpty()) {
      return;
    }
    forgetOld();
    Requests requests = new Requests(output, hosts);
    for (Map.Entry<String, Object> more : config.templates().entrySet()) {
      String key = hosts + "\nmore " + more.getKey();
      if (!isKnown(key)) {
        install(requests, more.getKey(), read(String.valueOf(more.getValue())));
        remember(key);
      }
    }
    if (hasTemplate()) {
      installOwn(requests, hosts, chunk, names, first);
    }
  }

  private void installOwn(Requests requests, Hosts hosts, Chunk chunk, Names names, Target first)
      throws IOException {
    String name = chunk.expand(config.templateName().get());
    String alias = lifecycle == null ? first.index() : lifecycle.alias(chunk, first);
    String target = lifecycle == null ? names.index() : lifecycle.target(names, first);
    String key = hosts + "\n" + name + "\n" + (lifecycle == null ? "" : alias);
    if (isKnown(key)) {
      return;
    }
    Map<String, Object> template = parse(customized(read(config.templateFile().get()), chunk));
    if (lifecycle != null && lifecycle.isEnabled()) {
      lifecycle.verify(requests);
      String policy = lifecycle.policy(chunk);
      lifecycle.inject(template, alias, target, policy, config);
      install(requests, alias, Json.write(template));
    } else {
      install(requests, name, Json.write(template));
    }
    if (lifecycle != null) {
      lifecycle.createAlias(requests, chunk, alias, target, config);
    }
    remember(key);
  }

  private void install(Requests requests, String name, String template) throws IOException {
    String path =
        (config.useLegacyTemplate() ? "/_template/" : "/_index_template/")
            + DocumentWriter.escape(name);
    if (config.templateOverwrite()) {
      requests.put(path, template);
      output.context().log().debug("Template '" + name + "' overwritten.");
    } else if (!requests.exists(path)) {
      requests.put(path, template);
      output
          .context()
          .log()
          .info("Template configured, but no template installed. Installed '" + name + "'.");
    }
  }

  private String customized(String text, Chunk chunk) {
    String result = text;
    for (Map.Entry<String, Object> entry : config.customizeTemplate().entrySet()) {
      String value = chunk.expand(String.valueOf(entry.getValue())).toLowerCase(Locale.ROOT);
      result = result.replace(entry.getKey(), value);
    }
    return result;
  }

  private static String read(String file) throws IOException {
    Path path = Path.of(file);
    if (Files.size(path) > MAX_FILE) {
      throw new IOException(file + " is too long to be a template");
    }
    return Files.readString(path, StandardCharsets.UTF_8);
  }

  @SuppressWarnings("unchecked") // JSON's keys are texts
  private Map<String, Object> parse(String text) throws IOException {
    try {
      if (Json.parse(text) instanceof Map<?, ?> map) {
        return new LinkedHashMap<>((Map<String, Object>) map);
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(config.templateFile().get() + " is no JSON: " + e.getMessage(), e);
    }
    throw new IOException(config.templateFile().get() + " is no JSON object");
  }

  private synchronized boolean isKnown(String key) {
    return known.contains(key);
  }

  private synchronized void remember(String key) {
    if (known.size() >= MAX_KNOWN) {
      known.clear();
    }
    known.add(key);
  }

  private synchronized void forgetOld() {
    long now = output.context().clock().nanos();
    if (config.truncateCachesInterval().isPresent()
        && now - knownSince > config.truncateCachesInterval().get().toNanos()) {
      output.context().log().info("Clean up the indices and template names cache");
      known.clear();
      knownSince = now;
    }
  }
}
