package io.runnel.plugins.contrib;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Tells of each line whether it belongs to a stack trace: a machine whose states and transitions
 * depend on the languages. One for each stream of lines.
 */
final class ExceptionDetector {
  /** What a line is. */
  enum Line {
    /** Belongs to no trace. */
    NO_TRACE,
    /** The first of a trace. */
    START_TRACE,
    /** Another one of a trace. */
    INSIDE_TRACE,
    /** The last of a trace. */
    END_TRACE
  }

  private static final String START = "start";

  /** Ruby's anchors stand at every line, and only a line feed ends one. */
  private static final int RUBY = Pattern.MULTILINE | Pattern.UNIX_LINES;

  /** From some states, by a pattern, to a state. */
  private record Rule(List<String> from, Pattern pattern, String to) {}

  private static Rule rule(String from, String pattern, String to) {
    return new Rule(List.of(from.split(" ")), Pattern.compile(pattern, RUBY), to);
  }

  private final Map<String, List<Rule>> rules = new LinkedHashMap<>();
  private String state = START;

  /**
   * @param languages names; none stands for all
   * @throws IllegalArgumentException for one that is not known
   */
  ExceptionDetector(List<String> languages) {
    List<String> names = languages.isEmpty() ? List.of("all") : languages;
    for (String name : names) {
      for (Rule rule : rules(name)) {
        for (String from : rule.from) {
          List<Rule> known = rules.computeIfAbsent(from, ignored -> new ArrayList<>());
          if (known.stream()
              .noneMatch(other -> other.pattern.pattern().equals(rule.pattern.pattern()))) {
            known.add(rule);
          }
        }
      }
    }
  }

  private static List<Rule> rules(String language) {
    return switch (language.toLowerCase(Locale.ROOT)) {
      case "java", "javascript", "js", "csharp" -> java();
      case "python", "py" -> python();
      case "php" -> php();
      case "go" -> go();
      case "ruby", "rb" -> ruby();
      case "dart" -> dart();
      case "all" -> {
        List<Rule> all = new ArrayList<>();
        for (String name : List.of("java", "python", "php", "go", "ruby", "dart")) {
          all.addAll(rules(name));
        }
        yield all;
      }
      default -> throw new IllegalArgumentException("Unknown language: " + language);
    };
  }

  private static List<Rule> java() {
    return List.of(
        rule(
            "start java_start_exception",
            "(?:Exception|Error|Throwable|V8 errors stack trace)[:\\r\\n]",
            "java_after_exception"),
        rule("java_after_exception", "^[\\t ]*nested exception is:[\\t ]*", "java_start_exception"),
        rule("java_after_exception", "^[\\r\\n]*$", "java_after_exception"),
        rule("java_after_exception java", "^[\\t ]+(?:eval )?at ", "java"),
        rule(
            "java_after_exception java",
            "^[\\t ]+--- End of inner exception stack trace ---$",
            "java"),
        rule(
            "java_after_exception java",
            "^--- End of stack trace from previous location where exception was thrown ---$",
            "java"),
        rule(
            "java_after_exception java",
            "^[\\t ]*(?:Caused by|Suppressed):",
            "java_after_exception"),
        rule(
            "java_after_exception java",
            "^[\\t ]*\\.\\.\\. \\d+ (?:more|common frames omitted)",
            "java"));
  }

  private static List<Rule> python() {
    return List.of(
        rule("start", "^Traceback \\(most recent call last\\):$", "python"),
        rule("python", "^[\\t ]+File ", "python_code"),
        rule("python_code", "[^\\t ]", "python"),
        rule("python", "^(?:[^\\s.():]+\\.)*[^\\s.():]+:", START));
  }

  private static List<Rule> php() {
    return List.of(
        rule(
            "start",
            "PHP (?:Notice|Parse error|Fatal error|Warning):|exception '[^']+' with message '",
            "php_stack_begin"),
        rule("php_stack_begin", "^Stack trace:", "php_stack_frames"),
        rule("php_stack_frames", "^#\\d", "php_stack_frames"),
        rule("php_stack_frames", "^\\s+thrown in ", START));
  }

  private static List<Rule> go() {
    return List.of(
        rule("start", "\\bpanic: ", "go_after_panic"),
        rule("start", "http: panic serving", "go_goroutine"),
        rule("go_after_panic", "^\\[signal ", "go_after_signal"),
        rule("go_after_panic go_after_signal go_frame_1", "^$", "go_goroutine"),
        rule("go_goroutine", "^goroutine \\d+ \\[[^\\]]+\\]:$", "go_frame_1"),
        rule("go_frame_1", "^(?:[^\\s.:]+\\.)*[^\\s.():]+\\(|^created by ", "go_frame_2"),
        rule("go_frame_2", "^\\s", "go_frame_1"));
  }

  private static List<Rule> ruby() {
    return List.of(
        rule("start", "Error \\(.*\\):$", "ruby_before_rails_trace"),
        rule("ruby_before_rails_trace", "^  $", "ruby"),
        rule("ruby_before_rails_trace ruby", "^[\\t ]+.*?\\.rb:\\d+:in [`']", "ruby"));
  }

  /** What the first line of an exception of Dart begins with where its frames follow at once. */
  private static final String DART_PLAIN =
      "^(?:Instance of|Exception|Bad state|IntegerDivisionByZeroException|Invalid argument"
          + "|RangeError|Assertion failed|Cannot instantiate|Reading static variable"
          + "|UnimplementedError|Unsupported operation|Concurrent modification|Out of Memory"
          + "|Stack Overflow)";

  private static final String DART_FRAME = "^#\\d+\\s+.+?\\(.+?\\)$";

  private static List<Rule> dart() {
    return List.of(
        rule("start", "^Unhandled exception:$", "dart_exc"),
        rule("dart_exc", DART_PLAIN, "dart_stack"),
        rule("dart_exc", "^'.+?':.+?$", "dart_type_1"),
        rule("dart_type_1", DART_FRAME, "dart_stack"),
        rule("dart_type_1", "^.+?$", "dart_type_2"),
        rule("dart_type_2", "^.*?\\^.*?$", "dart_type_3"),
        rule("dart_type_3", "^$", "dart_type_4"),
        rule("dart_type_4", "^$", "dart_stack"),
        rule("dart_exc", "^FormatException", "dart_format_1"),
        rule("dart_format_1", DART_FRAME, "dart_stack"),
        rule("dart_format_1", "^.", "dart_format_2"),
        rule("dart_format_2", "^.*?\\^", "dart_format_3"),
        rule("dart_format_3", "^$", "dart_stack"),
        rule("dart_exc", "^NoSuchMethodError:", "dart_method_1"),
        rule("dart_method_1", "^Receiver:", "dart_method_2"),
        rule("dart_method_2", "^Tried calling:", "dart_method_3"),
        rule("dart_method_3", "^Found:", "dart_stack"),
        rule("dart_method_3 dart_stack", DART_FRAME, "dart_stack"),
        rule("dart_stack", "^<asynchronous suspension>$", "dart_stack"));
  }

  /** Takes the next line. */
  Line update(String line) {
    String old = state;
    boolean inside = transition(line);
    if (!inside && !old.equals(START)) {
      transition(line); // it may be the first line of another trace
    }
    if (state.equals(START)) {
      return inside && !old.equals(START) ? Line.END_TRACE : Line.NO_TRACE;
    }
    return inside && !old.equals(START) ? Line.INSIDE_TRACE : Line.START_TRACE;
  }

  /** Forgets the trace that is being read. */
  void reset() {
    state = START;
  }

  /** False where no rule leads on: the state is the first one then. */
  private boolean transition(String line) {
    for (Rule rule : rules.getOrDefault(state, List.of())) {
      if (rule.pattern.matcher(line).find()) {
        state = rule.to;
        return true;
      }
    }
    state = START;
    return false;
  }
}
