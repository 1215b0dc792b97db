package io.runnel.plugins.tail;

import io.runnel.regexp.Regexp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * {@code <group>}: a limit of lines in a period for all files whose path matches a rule, shared
 * evenly among them. Rules with more conditions come first; a path that no rule matches has no
 * limit.
 */
final class GroupLimits {
  private final Regexp pattern;
  private final long periodNanos;
  private final List<Rule> rules = new ArrayList<>();

  /**
   * @param compile reads an expression of a rule
   */
  GroupLimits(TailConfig.Group config, Function<String, Regexp> compile) {
    this.pattern = config.pattern();
    this.periodNanos = config.ratePeriod().toNanos();
    for (TailConfig.Rule rule : config.rule()) {
      List<Condition> conditions = new ArrayList<>();
      rule.match().forEach((name, value) -> addConditions(name, value, compile, conditions));
      rules.add(new Rule(conditions, rule.match().size(), rule.limit()));
    }
    rules.sort(Comparator.comparingInt(Rule::specificity).reversed());
  }

  private static void addConditions(
      String name, Object value, Function<String, Regexp> compile, List<Condition> out) {
    List<?> texts = value instanceof List<?> list ? list : List.of(value);
    List<Regexp> expressions = new ArrayList<>();
    for (Object text : texts) {
      expressions.add(compile.apply(String.valueOf(text)));
    }
    out.add(new Condition(name, expressions));
  }

  /** The part of a limit that a new file gets; null where none applies. */
  Share join(String path) {
    byte[] text = path.getBytes(StandardCharsets.UTF_8);
    int[] found = pattern.search(text, 0, text.length, 0);
    if (found == null) {
      return null;
    }
    for (Rule rule : rules) {
      if (rule.matches(pattern, text, found)) {
        return rule.limit < 0 ? null : new Share(rule, periodNanos);
      }
    }
    return null;
  }

  private record Condition(String name, List<Regexp> expressions) {
    boolean matches(Regexp pattern, byte[] text, int[] found) {
      int group = pattern.group(name);
      if (group < 0 || found[2 * group] < 0) {
        return false;
      }
      int from = found[2 * group];
      int length = found[2 * group + 1] - from;
      return expressions.stream().anyMatch(one -> one.matches(text, from, length));
    }
  }

  private static final class Rule {
    private final List<Condition> conditions;
    private final int specificity;
    private final long limit;
    private int files;

    Rule(List<Condition> conditions, int specificity, long limit) {
      this.conditions = conditions;
      this.specificity = specificity;
      this.limit = limit;
    }

    int specificity() {
      return specificity;
    }

    boolean matches(Regexp pattern, byte[] text, int[] found) {
      return conditions.stream().allMatch(one -> one.matches(pattern, text, found));
    }
  }

  /** One file's part of a rule's limit. */
  static final class Share {
    private final Rule rule;
    private final long periodNanos;
    private long periodStart;
    private long taken;
    private boolean started;
    private boolean released;

    private Share(Rule rule, long periodNanos) {
      this.rule = rule;
      this.periodNanos = periodNanos;
      rule.files++;
    }

    long remaining(long now) {
      if (!started || now - periodStart >= periodNanos) {
        started = true;
        periodStart = now;
        taken = 0;
      }
      if (rule.limit == 0) {
        return 0;
      }
      return Math.max(0, Math.max(1, rule.limit / Math.max(1, rule.files)) - taken);
    }

    void used(long lines) {
      taken += lines;
    }

    long again(long now) {
      return started ? periodStart + periodNanos : now;
    }

    void release() {
      if (!released) {
        released = true;
        rule.files--;
      }
    }
  }
}
