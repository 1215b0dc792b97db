package io.runnel.daemon;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * The command line of {@code runneld}: Fluentd's, read by hand because a library for it would cost
 * more than the rest of the start together.
 */
public final class DaemonOptions {
  /** A command line that cannot be understood. */
  public static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  /** What is to be done. */
  public enum Mode {
    RUN,
    DRY_RUN,
    SETUP,
    SHOW_PLUGIN_CONFIG,
    VERSION,
    HELP
  }

  Mode mode = Mode.RUN;
  String config = defaultConfig();
  String setupDir = "/etc/fluent";
  String showPlugin = "";
  String daemonPidFile;
  String inlineConfig;
  String logPath;
  String logRotateAge;
  String logRotateSize;
  String user;
  String group;
  String umask;
  Integer workers;
  String emitErrorLogInterval;
  String suppressRepeatedStacktrace;
  String configFileType = "guess";
  String confEncoding = "utf-8";
  boolean noSupervisor;
  boolean v0;
  boolean strict;
  boolean stubUnknown;
  boolean logEventVerbose;
  boolean withoutSource;
  boolean withSourceOnly;
  boolean suppressConfigDump;
  boolean disableInputMetrics;
  boolean enableSizeMetrics;
  int verbosity;
  final List<String> ignored = new ArrayList<>();

  private DaemonOptions() {}

  private static String defaultConfig() {
    String given = System.getenv("FLUENT_CONF");
    return given == null || given.isEmpty() ? "/etc/fluent/fluent.conf" : given;
  }

  /** Reads the arguments; {@code --version} and {@code --help} end the reading. */
  public static DaemonOptions parse(List<String> arguments) throws UsageException {
    DaemonOptions options = new DaemonOptions();
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      if (argument.startsWith("--")) {
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        String value = equals < 0 ? null : argument.substring(equals + 1);
        options.longOption(name, new Value(name, value, rest));
      } else if (argument.length() > 1 && argument.startsWith("-")) {
        options.shortOptions(argument, rest);
      } else {
        throw new UsageException("unexpected argument: " + argument);
      }
    }
    return options;
  }

  /** The value of an option, taken only where the option wants one. */
  private record Value(String option, String attached, Iterator<String> rest) {
    String required() throws UsageException {
      if (attached != null) {
        return attached;
      }
      if (!rest.hasNext()) {
        throw new UsageException("missing argument: " + option);
      }
      return rest.next();
    }

    void none() throws UsageException {
      if (attached != null) {
        throw new UsageException("needless argument: " + option + "=" + attached);
      }
    }
  }

  private void shortOptions(String argument, Iterator<String> rest) throws UsageException {
    for (int i = 1; i < argument.length(); i++) {
      String name = "-" + argument.charAt(i);
      if ("vqhG".indexOf(argument.charAt(i)) >= 0) {
        flag(name);
        continue;
      }
      String attached = i + 1 < argument.length() ? argument.substring(i + 1) : null;
      shortWithValue(name, new Value(name, attached, rest));
      return;
    }
  }

  private void flag(String name) {
    switch (name) {
      case "-v" -> verbosity++;
      case "-q" -> verbosity--;
      case "-h" -> mode = Mode.HELP;
      default -> ignored.add(name);
    }
  }

  private void shortWithValue(String name, Value value) throws UsageException {
    switch (name) {
      case "-c" -> config = value.required();
      case "-d" -> daemonPidFile = value.required();
      case "-o" -> logPath = value.required();
      case "-i" -> inlineConfig = value.required();
      case "-s" -> setup(value);
      case "-p", "-I", "-r", "-g" -> ignored.add(name + " " + value.required());
      default -> throw new UsageException("invalid option: " + name);
    }
  }

  private void setup(Value value) {
    mode = Mode.SETUP;
    if (value.attached() != null) {
      setupDir = value.attached();
    } else if (value.rest().hasNext()) {
      setupDir = value.rest().next();
    }
  }

  private void longOption(String name, Value value) throws UsageException {
    switch (name) {
      case "--config" -> config = value.required();
      case "--daemon" -> daemonPidFile = value.required();
      case "--log" -> logPath = value.required();
      case "--inline-config" -> inlineConfig = value.required();
      case "--setup" -> setup(value);
      case "--log-rotate-age" -> logRotateAge = value.required();
      case "--log-rotate-size" -> logRotateSize = value.required();
      case "--user" -> user = value.required();
      case "--group" -> group = value.required();
      case "--umask" -> umask = value.required();
      case "--workers" -> workers = number(name, value.required());
      case "--emit-error-log-interval" -> emitErrorLogInterval = value.required();
      case "--suppress-repeated-stacktrace" ->
          suppressRepeatedStacktrace = value.attached() == null ? "true" : value.attached();
      case "--config-file-type" -> configFileType = fileType(value.required());
      case "--conf-encoding" -> confEncoding = value.required();
      case "--show-plugin-config" -> {
        mode = Mode.SHOW_PLUGIN_CONFIG;
        showPlugin = value.required();
      }
      case "--plugin", "--gemfile", "--gem-path" -> ignored.add(name + " " + value.required());
      default -> {
        value.none();
        longFlag(name);
      }
    }
  }

  private void longFlag(String name) throws UsageException {
    switch (name) {
      case "--dry-run" -> mode = Mode.DRY_RUN;
      case "--version" -> mode = Mode.VERSION;
      case "--help" -> mode = Mode.HELP;
      case "--no-supervisor", "--under-supervisor" -> noSupervisor = true;
      case "--use-v0-config" -> v0 = true;
      case "--use-v1-config", "--disable-shared-socket", "--enable-input-metrics" -> {}
      case "--strict-config-value" -> strict = true;
      case "--stub-unknown-plugins" -> stubUnknown = true;
      case "--log-event-verbose" -> logEventVerbose = true;
      case "--without-source" -> withoutSource = true;
      case "--with-source-only" -> withSourceOnly = true;
      case "--suppress-config-dump" -> suppressConfigDump = true;
      case "--disable-input-metrics" -> disableInputMetrics = true;
      case "--enable-size-metrics" -> enableSizeMetrics = true;
      case "--verbose" -> verbosity++;
      case "--quiet" -> verbosity--;
      default -> throw new UsageException("invalid option: " + name);
    }
  }

  private static int number(String option, String text) throws UsageException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new UsageException("invalid argument: " + option + " " + text);
    }
  }

  private static String fileType(String text) throws UsageException {
    String type = text.toLowerCase(Locale.ROOT);
    if (!List.of("yaml", "yml", "guess", "v1", "v0").contains(type)) {
      throw new UsageException("invalid argument: --config-file-type " + text);
    }
    return type;
  }

  /** The text of {@code --help}. */
  static String usage() {
    return """
    Usage: runneld [options]
        -s, --setup [DIR=/etc/fluent]    make a sample configuration and exit
        -c, --config PATH                configuration file (default: FLUENT_CONF or /etc/fluent/fluent.conf)
            --dry-run                    check the configuration and exit
            --stub-unknown-plugins       with --dry-run: accept plugins that are not there
            --show-plugin-config=PLUGIN  see: runnel plugins
        -p, --plugin DIR                 accepted; Ruby plugins are not loaded
        -I PATH, -r NAME                 accepted; Ruby libraries are not loaded
        -d, --daemon PIDFILE             go to the background
            --under-supervisor           accepted; there is one process
            --no-supervisor              accepted; there is one process
            --workers N                  number of workers, inside the process
            --user USER, --group GROUP   change to this user and group
            --umask UMASK                umask of the process (default: 022)
        -o, --log PATH                   file of the daemon's own log
            --log-rotate-age AGE         old log files kept, or daily, weekly, monthly
            --log-rotate-size BYTES      size above which the log is rotated
            --log-event-verbose          also send log lines of start and stop as events
        -i, --inline-config STRING       text added to the configuration; - reads standard input
            --emit-error-log-interval S  pause between messages about failed emits
            --suppress-repeated-stacktrace [VALUE]
            --without-source             start without inputs
            --with-source-only           start inputs only
            --config-file-type TYPE      guess, yaml, yml, v1 or v0
            --use-v1-config, --use-v0-config
            --strict-config-value        refuse malformed numbers and booleans
            --enable-input-metrics, --disable-input-metrics, --enable-size-metrics
        -v, --verbose                    -v: debug, -vv: trace
        -q, --quiet                      -q: warn, -qq: error
            --suppress-config-dump       leave the configuration out of the log
            --conf-encoding ENCODING     encoding of the configuration
            --disable-shared-socket      accepted; there is one process
        -g, --gemfile, -G, --gem-path    accepted; Ruby only
            --version
        -h, --help
    """;
  }
}
