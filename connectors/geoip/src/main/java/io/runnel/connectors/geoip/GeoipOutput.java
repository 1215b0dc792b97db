package io.runnel.connectors.geoip;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.event.EventStream;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.plugins.filter.TagValues;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The output {@code geoip} that fluent-plugin-geoip had before 1.3: the filter, and a new tag. */
final class GeoipOutput implements UnbufferedOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("geoip", Config.class, GeoipOutput::new).legacy(LegacyParameters.INJECT);

  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\$\\{([a-z_]+)(?:\\[(-?\\d{1,4})])?}|__([A-Z_]+)(?:\\[(-?\\d{1,4})])?__");

  /** Of buffers: what is looked up goes on at once, as with the gem's flush_interval 0. */
  private static final List<String> BUFFERS =
      List.of(
          "flush_interval",
          "buffer_type",
          "buffer_path",
          "buffer_chunk_limit",
          "buffer_queue_limit",
          "flush_at_shutdown",
          "try_flush_interval",
          "queued_chunk_flush_interval",
          "num_threads",
          "retry_limit",
          "retry_wait",
          "max_retry_wait",
          "disable_retry_limit");

  @Doc(
      "Adds places of IP addresses and emits the events with another tag: the old form of the"
          + " filter. It has no buffer, and its parameters for one have no effect.")
  record Config(
      @Inline GeoipFilter.Config lookup,
      @Doc(
              "The new tag; may hold ${tag}, ${tag_parts[n]} and ${hostname}, also as __TAG__"
                  + " and so on.")
          Optional<String> tag,
      @Doc("Is cut off in front of the tags.") Optional<String> removeTagPrefix,
      @Doc("Is cut off behind the tags.") Optional<String> removeTagSuffix,
      @Doc("Goes in front of the tags.") Optional<String> addTagPrefix,
      @Doc("Goes behind the tags.") Optional<String> addTagSuffix,
      @Doc("Has no effect: the name is the machine's.") Optional<String> hostnameCommand) {}

  private final Config config;
  private final OutputContext context;
  private final GeoipFilter filter;

  GeoipOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    ConfigElement element = context.element();
    boolean changesTag =
        config.tag.isPresent()
            || config.removeTagPrefix.isPresent()
            || config.removeTagSuffix.isPresent()
            || config.addTagPrefix.isPresent()
            || config.addTagSuffix.isPresent();
    if (!changesTag) {
      throw new ConfigException(
          "geoip: required at least one option of 'tag', 'remove_tag_prefix',"
              + " 'remove_tag_suffix', 'add_tag_prefix', 'add_tag_suffix'.",
          element.place());
    }
    element.markUsed(BUFFERS.stream().filter(element::has).toList());
    element.sections("buffer").forEach(ConfigElement::markAllUsed);
    if (!element.has("backend_library") && !usesPaths(config.lookup.record())) {
      element.set("backend_library", "geoip"); // the default of those versions
    }
    filter =
        new GeoipFilter(
            ConfigSpec.of(GeoipFilter.Config.class)
                .bind(element, context.system().strictConfigValue()),
            context);
  }

  /** True where a placeholder is a path, as geoip2_c has them: ${country.iso_code["host"]}. */
  private static boolean usesPaths(List<ConfigElement> sections) {
    Pattern path = Pattern.compile("\\$\\{[^\\[}]*\\.[^\\[}]*\\[");
    return sections.stream()
        .flatMap(section -> section.parameters().values().stream())
        .anyMatch(value -> value.text() != null && path.matcher(value.text()).find());
  }

  @Override
  public void start() throws IOException {
    filter.start();
  }

  @Override
  public void process(String tag, EventStream stream) {
    EventStream found = filter.filter(tag, stream);
    if (!found.isEmpty()) {
      context.emitter().emit(newTag(tag), found);
    }
  }

  private String newTag(String tag) {
    String result = tag;
    String removed = config.removeTagPrefix.orElse("");
    if (result.startsWith(removed)) {
      result = result.substring(removed.length());
    }
    String cut = config.removeTagSuffix.orElse("");
    if (result.endsWith(cut)) {
      result = result.substring(0, result.length() - cut.length());
    }
    result = config.addTagPrefix.orElse("") + result + config.addTagSuffix.orElse("");
    if (config.tag.isEmpty()) {
      return result;
    }
    TagValues values = TagValues.of(result);
    return PLACEHOLDER
        .matcher(config.tag.get())
        .replaceAll(match -> Matcher.quoteReplacement(placeholder(match, values)));
  }

  private String placeholder(MatchResult match, TagValues values) {
    boolean braces = match.group(1) != null;
    String name = braces ? match.group(1) : match.group(3).toLowerCase(Locale.ROOT);
    String index = braces ? match.group(2) : match.group(4);
    String value =
        switch (name) {
          case "tag" -> index == null ? values.tag() : null;
          case "hostname" -> context.system().hostname();
          case "tag_parts" ->
              index == null ? null : TagValues.at(values.parts(), Integer.parseInt(index));
          default -> null;
        };
    if (value == null) {
      context.log().warn("geoip: unknown placeholder found.", "placeholder", match.group());
      return "";
    }
    return value;
  }

  @Override
  public void stop() {
    filter.stop();
  }

  @Override
  public void close() {
    filter.close();
  }
}
