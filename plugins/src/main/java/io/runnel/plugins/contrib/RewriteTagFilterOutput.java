package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.RecordAccessor;
import io.runnel.log.Level;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.plugins.filter.TagValues;
import io.runnel.regexp.Regexp;
import io.runnel.regexp.Regexps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives events another tag by what their fields match (fluent-plugin-rewrite-tag-filter). */
public final class RewriteTagFilterOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("rewrite_tag_filter", Config.class, RewriteTagFilterOutput::new);

  private static final Pattern NUMBERED = Pattern.compile("rewriterule(\\d+)");
  private static final Pattern FLAT = Pattern.compile("(\\S+)\\s+(.+?)\\s+(\\S+)");
  private static final Pattern RANGE =
      Pattern.compile("\\$\\{tag_parts\\[\\d\\.\\.\\.?\\d]}|__TAG_PARTS\\[\\d\\.\\.\\.?\\d]__");
  private static final Pattern BACK_REFERENCE = Pattern.compile("\\$(\\d+)");
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\$\\{([a-z_]+)(?:\\[(-?\\d+)])?}|__([A-Z_]+)(?:\\[(-?\\d+)])?__");

  /** {@code emit_mode}. */
  enum EmitMode {
    RECORD,
    BATCH
  }

  @Doc("A rule; the first one that matches gives the tag.")
  record Rule(
      @Doc("The field; a path into the record such as $.a.b too.") String key,
      @Doc("The regular expression.") Regexp pattern,
      @Doc("The new tag; may hold $1, ${tag}, ${tag_parts[n]} and ${hostname}.") String tag,
      @Doc("The label to which the event goes.") Optional<String> label,
      @Doc("Applies where the pattern does not match.") @Default("false") boolean invert) {}

  @Doc("Gives events another tag by what their fields match.")
  record Config(
      @Doc("Makes the first letter of what $1 stands for a capital.") @Default("false")
          boolean capitalizeRegexBackreference,
      @Doc("Is cut off in front of the tag that ${tag} stands for.")
          Optional<String> removeTagPrefix,
      @Doc("What matches is cut out of the tag that ${tag} stands for.")
          Optional<Regexp> removeTagRegexp,
      @Doc("Command that prints the name of ${hostname}.") @Default(HostnameCommand.DEFAULT)
          String hostnameCommand,
      @Doc("Emits the events of a tag together, or each alone.") @Default("batch")
          EmitMode emitMode,
      @Doc("The rules, tried in their order.") List<Rule> rule) {}

  private final Config config;
  private final OutputContext context;
  private final List<RewriteRule> rules = new ArrayList<>();
  private String hostname;

  RewriteTagFilterOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    checkExclusive();
    for (Rule rule : config.rule) {
      if (RANGE.matcher(rule.tag).find()) {
        throw new ConfigException(
            "${tag_parts[n]} and __TAG_PARTS[n]__ placeholder does not support range specify at "
                + rule.tag,
            context.element().place());
      }
      rules.add(
          new RewriteRule(
              accessor(rule.key),
              rule.pattern,
              rule.invert,
              rule.tag,
              rule.label.filter(label -> !label.isEmpty()).map(context::emitter).orElse(null)));
    }
    addFlatRules();
    if (rules.stream().map(RewriteRule::condition).distinct().count() < rules.size()) {
      throw new ConfigException("duplicated rewriterules found", context.element().place());
    }
    if (rules.isEmpty()) {
      throw new ConfigException("missing rewriterules", context.element().place());
    }
    hostname = context.system().hostname();
  }

  private void checkExclusive() {
    if (config.removeTagPrefix.isPresent() && config.removeTagRegexp.isPresent()) {
      throw new ConfigException(
          "remove_tag_prefix and remove_tag_regexp are exclusive",
          context.element().placeOf("remove_tag_regexp"));
    }
  }

  private RecordAccessor accessor(String key) {
    try {
      return RecordAccessor.of(key);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), context.element().place(), e);
    }
  }

  /** The v0.12 form: {@code rewriterule1 KEY PATTERN TAG}, a {@code !} in front inverts. */
  private void addFlatRules() {
    ConfigElement element = context.element();
    Map<Integer, String> numbered = new TreeMap<>();
    for (String key : element.parameters().keySet()) {
      Matcher matcher = NUMBERED.matcher(key);
      if (matcher.matches() && matcher.group(1).length() < 9) {
        numbered.put(Integer.parseInt(matcher.group(1)), key);
      }
    }
    for (String key : numbered.values()) {
      element.markUsed(key);
      String text = String.valueOf(element.peek(key)).strip();
      Matcher matcher = FLAT.matcher(text);
      if (!matcher.matches()) {
        throw new ConfigException(
            "failed to parse rewriterules at " + key + " " + text, element.placeOf(key));
      }
      String pattern = matcher.group(2);
      boolean invert = pattern.startsWith("!");
      pattern = invert ? pattern.substring(1) : pattern;
      if (pattern.length() > 1 && pattern.startsWith("\"") && pattern.endsWith("\"")) {
        pattern = pattern.substring(1, pattern.length() - 1);
      }
      rules.add(
          new RewriteRule(
              accessor(matcher.group(1)),
              flatPattern(pattern, key),
              invert,
              matcher.group(3),
              null));
    }
  }

  private Regexp flatPattern(String pattern, String parameter) {
    try {
      return Regexps.parseParam(pattern);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), context.element().placeOf(parameter), e);
    }
  }

  @Override
  public void start() throws IOException, InterruptedException {
    hostname = HostnameCommand.run(config.hostnameCommand, context);
  }

  /** Events of one new tag on their way to one emitter. */
  private record Target(Emitter emitter, String tag) {}

  @Override
  public void process(String tag, EventStream stream) {
    String oldTag = shortened(tag);
    TagValues values = TagValues.of(oldTag);
    Map<Target, EventBuilder> batches = new LinkedHashMap<>();
    Map<String, Object> record;
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      record = cursor.record();
      Target target = target(tag, values, record);
      if (target == null) {
        continue;
      }
      if (config.emitMode == EmitMode.RECORD) {
        target.emitter().emit(target.tag(), EventStream.of(new Event(cursor.time(), record)));
      } else {
        batches
            .computeIfAbsent(target, ignored -> new EventBuilder())
            .add(cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
      }
    }
    batches.forEach((target, events) -> target.emitter().emit(target.tag(), events.take()));
  }

  /** Where an event goes; null for one that no rule gives another tag, which is dropped. */
  private Target target(String tag, TagValues values, Map<String, Object> record) {
    for (RewriteRule rule : rules) {
      String[] groups = rule.groups(record);
      if (groups == null) {
        continue;
      }
      String newTag = expand(rule.tag(), groups, values);
      if (newTag.equals(tag) && rule.emitter() == null) {
        break; // it would come back to this section for ever
      }
      return new Target(rule.emitter() == null ? context.emitter() : rule.emitter(), newTag);
    }
    if (context.log().isEnabled(Level.TRACE)) {
      context.log().trace("rewrite_tag_filter: tag has not been rewritten", "tag", tag);
    }
    return null;
  }

  private String shortened(String tag) {
    String result = tag;
    if (config.removeTagPrefix.isPresent() && result.startsWith(config.removeTagPrefix.get())) {
      result = result.substring(config.removeTagPrefix.get().length());
      result = result.startsWith(".") ? result.substring(1) : result;
    }
    if (config.removeTagRegexp.isPresent()) {
      byte[] bytes = result.getBytes(StandardCharsets.UTF_8);
      int[] places = config.removeTagRegexp.get().search(bytes, 0, bytes.length, 0);
      if (places != null) {
        result =
            new String(bytes, 0, places[0], StandardCharsets.UTF_8)
                + new String(bytes, places[1], bytes.length - places[1], StandardCharsets.UTF_8);
      }
    }
    return result;
  }

  private String expand(String template, String[] groups, TagValues values) {
    String tag =
        BACK_REFERENCE
            .matcher(template)
            .replaceAll(match -> Matcher.quoteReplacement(group(groups, match.group(1))));
    return PLACEHOLDER
        .matcher(tag)
        .replaceAll(
            match -> {
              boolean braces = match.group(1) != null;
              String name =
                  braces ? match.group(1) : match.group(3).toLowerCase(java.util.Locale.ROOT);
              String index = braces ? match.group(2) : match.group(4);
              return Matcher.quoteReplacement(placeholder(name, index, match.group(), values));
            });
  }

  private String group(String[] groups, String digits) {
    int number = digits.length() > 4 ? 0 : Integer.parseInt(digits);
    String value = number < 1 || number > groups.length ? "" : groups[number - 1];
    return config.capitalizeRegexBackreference && !value.isEmpty()
        ? Character.toUpperCase(value.charAt(0))
            + value.substring(1).toLowerCase(java.util.Locale.ROOT)
        : value;
  }

  private String placeholder(String name, String index, String whole, TagValues values) {
    String value =
        switch (name) {
          case "tag" -> index == null ? values.tag() : null;
          case "hostname" -> hostname;
          case "tag_parts" ->
              index == null || index.length() > 5
                  ? null
                  : TagValues.at(values.parts(), Integer.parseInt(index));
          default -> null;
        };
    if (value == null) {
      context.log().warn("rewrite_tag_filter: unknown placeholder found.", "placeholder", whole);
      return "";
    }
    return value;
  }
}
