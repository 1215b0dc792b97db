package io.runnel.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** The entry point of {@code runneld}. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  private static int run(List<String> arguments, PrintStream out, PrintStream err) {
    DaemonOptions options;
    try {
      options = DaemonOptions.parse(arguments);
    } catch (DaemonOptions.UsageException e) {
      String text = DaemonOptions.usage() + "error: " + e.getMessage() + "\n";
      err.print(text);
      new Readiness().failed(1, text);
      return 1;
    }
    return switch (options.mode) {
      case VERSION -> {
        out.println("fluentd " + Version.FLUENTD);
        yield 0;
      }
      case HELP -> {
        out.print(DaemonOptions.usage());
        yield 0;
      }
      case SHOW_PLUGIN_CONFIG -> {
        out.println(
            "show-plugin-config option is deprecated! Use: runnel plugins " + options.showPlugin);
        yield 0;
      }
      case SETUP -> setup(options, out, err);
      case RUN, DRY_RUN -> new Daemon(options).run();
    };
  }

  private static int setup(DaemonOptions options, PrintStream out, PrintStream err) {
    try {
      return Setup.run(Path.of(options.setupDir), out);
    } catch (IOException e) {
      err.println("cannot write the sample configuration: " + e);
      return 1;
    }
  }
}
