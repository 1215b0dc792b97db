package io.runnel.delivery;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.time.Strftime;
import io.runnel.time.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Placeholders in parameters of outputs: strftime letters and {@code ${…}}. */
public final class Placeholders {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^{}]*)}");
  private static final Pattern KEY = Pattern.compile("[-_.@$a-zA-Z0-9]+");
  private static final Pattern TAG_PART = Pattern.compile("tag\\[(-?\\d{1,9})]");

  /** A time at which no unit is at its end: 2000-01-01T00:00:00Z. */
  private static final long BASE = 946_684_800L;

  /** Second, minute, hour, day, month, year: what a strftime pattern may tell apart. */
  private static final long[] UNITS = {1, 60, 3600, 86_400, 31 * 86_400L, 366 * 86_400L};

  private Placeholders() {}

  /**
   * Checks a parameter against the chunk keys: each must appear, and nothing else.
   *
   * @throws ConfigException with Fluentd's words
   */
  public static void validate(String parameter, String template, BufferConfig buffer) {
    String subject = "Parameter '" + parameter + ": " + template + "' ";
    validateTime(subject, template, buffer);
    List<String> found = names(template);
    boolean hasTag = found.stream().anyMatch(Placeholders::isTag);
    if (buffer.hasTag() && !hasTag) {
      throw new ConfigException(subject + "doesn't have tag placeholder");
    }
    if (!buffer.hasTag() && hasTag) {
      throw new ConfigException(
          subject + "has tag placeholders, but chunk key 'tag' is not configured");
    }
    List<String> keys =
        found.stream()
            .filter(name -> !isTag(name) && !name.equals("chunk_id"))
            .filter(name -> KEY.matcher(name).matches())
            .toList();
    List<String> missing = buffer.variables().stream().filter(key -> !keys.contains(key)).toList();
    if (!missing.isEmpty()) {
      throw new ConfigException(
          subject + "doesn't have enough placeholders for keys " + String.join(",", missing));
    }
    List<String> unknown = keys.stream().filter(key -> !buffer.variables().contains(key)).toList();
    if (!unknown.isEmpty()) {
      throw new ConfigException(
          subject
              + "has placeholders, but chunk keys doesn't have keys "
              + String.join(",", unknown));
    }
  }

  private static void validateTime(String subject, String template, BufferConfig buffer) {
    long resolution = resolution(template);
    if (buffer.hasTime()) {
      long timekey = buffer.timekey().orElseThrow().toSeconds();
      if (resolution > timekey) {
        throw new ConfigException(
            subject + "doesn't have timestamp placeholders for timekey " + timekey);
      }
    } else if (resolution != Long.MAX_VALUE) {
      throw new ConfigException(
          subject + "has timestamp placeholders, but chunk key 'time' is not configured");
    }
  }

  /**
   * The smallest unit of time that the pattern shows, in seconds; the maximum where it shows none.
   */
  private static long resolution(String template) {
    String base = strftime(template, BASE, Zone.UTC);
    for (long unit : UNITS) {
      if (!strftime(template, BASE + unit, Zone.UTC).equals(base)) {
        return unit;
      }
    }
    return Long.MAX_VALUE;
  }

  private static String strftime(String template, long seconds, Zone zone) {
    Bytes out = new Bytes();
    Strftime.compile(template).format(seconds, 0, zone, out);
    return out.toString();
  }

  private static List<String> names(String template) {
    List<String> names = new ArrayList<>();
    for (Matcher matcher = PLACEHOLDER.matcher(template); matcher.find(); ) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private static boolean isTag(String name) {
    return name.equals("tag") || TAG_PART.matcher(name).matches();
  }

  /**
   * What a template is expanded with.
   *
   * @param timekey null without the chunk key {@code time}
   * @param tag null without the chunk key {@code tag}
   * @param variables null without other chunk keys
   * @param zone zone of the time slices
   */
  record Values(
      Long timekey, String tag, Map<String, Object> variables, String chunkId, Zone zone) {
    boolean isEmpty() {
      return timekey == null && tag == null && (variables == null || variables.isEmpty());
    }
  }

  /** The text, and whether some placeholder had no value. */
  record Expanded(String text, boolean complete) {}

  /**
   * Expands a template; placeholders without a value become empty where they look like a key and
   * stay otherwise.
   *
   * @throws UnrecoverableException where a tag or field would lead out of a folder
   */
  static Expanded expand(String template, Values values) {
    if (template.indexOf('%') < 0 && template.indexOf('$') < 0) {
      return new Expanded(template, true);
    }
    if (values.isEmpty()) {
      return new Expanded(template.replace("${chunk_id}", values.chunkId()), true);
    }
    String text =
        values.timekey() == null ? template : strftime(template, values.timekey(), values.zone());
    StringBuilder out = new StringBuilder();
    boolean complete = true;
    Matcher matcher = PLACEHOLDER.matcher(text);
    while (matcher.find()) {
      String value = value(matcher.group(1), values, template);
      if (value == null) {
        complete = false;
        value = isKeyLike(matcher.group(1)) ? "" : matcher.group();
      }
      matcher.appendReplacement(out, Matcher.quoteReplacement(value));
    }
    matcher.appendTail(out);
    return new Expanded(out.toString(), complete);
  }

  private static boolean isKeyLike(String name) {
    return !isTag(name) && KEY.matcher(name).matches();
  }

  /** Null where there is no such value. */
  private static String value(String name, Values values, String template) {
    if (name.equals("chunk_id")) {
      return values.chunkId();
    }
    if (isTag(name)) {
      return values.tag() == null ? null : safe(tagPart(name, values.tag()), template);
    }
    if (values.variables() == null || !values.variables().containsKey(name)) {
      return null;
    }
    Object value = values.variables().get(name);
    return value == null ? "" : safe(value.toString(), template);
  }

  private static String tagPart(String name, String tag) {
    Matcher part = TAG_PART.matcher(name);
    if (!part.matches()) {
      return tag;
    }
    String[] parts = tag.split("\\.", -1);
    int index = Integer.parseInt(part.group(1));
    int at = index < 0 ? parts.length + index : index;
    return at >= 0 && at < parts.length ? parts[at] : null;
  }

  /** Refuses a value that would lead out of the folder that a template names. */
  private static String safe(String value, String template) {
    if (value == null) {
      return null;
    }
    boolean leadsOut = value.startsWith("/") || value.startsWith("\\") || value.indexOf('\0') >= 0;
    for (String part : value.split("[/\\\\]", -1)) {
      leadsOut |= part.equals("..");
    }
    if (leadsOut) {
      throw new UnrecoverableException(
          "Invalid path component detected in '" + printable(value) + "' for '" + template + "'");
    }
    return value;
  }

  /** Values come from outside: the log gets a short one without control characters. */
  private static String printable(String value) {
    String shown = value.length() > 200 ? value.substring(0, 200) + "…" : value;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
