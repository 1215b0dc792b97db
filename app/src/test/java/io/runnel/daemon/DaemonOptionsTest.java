package io.runnel.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class DaemonOptionsTest {
  private static DaemonOptions parse(String... arguments) throws Exception {
    return DaemonOptions.parse(List.of(arguments));
  }

  @Test
  void readsLongAndShortFormsAlike() throws Exception {
    for (DaemonOptions options :
        List.of(
            parse("-c", "a.conf", "-o", "x.log", "-d", "x.pid"),
            parse("-ca.conf", "-ox.log", "-dx.pid"),
            parse("--config=a.conf", "--log=x.log", "--daemon=x.pid"),
            parse("--config", "a.conf", "--log", "x.log", "--daemon", "x.pid"))) {
      assertThat(options.config).isEqualTo("a.conf");
      assertThat(options.logPath).isEqualTo("x.log");
      assertThat(options.daemonPidFile).isEqualTo("x.pid");
    }
  }

  @Test
  void verbosityAddsUp() throws Exception {
    assertThat(parse("-vv").verbosity).isEqualTo(2);
    assertThat(parse("-q", "--quiet").verbosity).isEqualTo(-2);
  }

  @Test
  void rubyOptionsAreAcceptedAndRemembered() throws Exception {
    assertThat(parse("-r", "x", "-I", "lib", "-p", "dir", "-g", "Gemfile").ignored)
        .containsExactly("-r x", "-I lib", "-p dir", "-g Gemfile");
  }

  @Test
  void modes() throws Exception {
    assertThat(parse("--dry-run").mode).isEqualTo(DaemonOptions.Mode.DRY_RUN);
    assertThat(parse("--version").mode).isEqualTo(DaemonOptions.Mode.VERSION);
    assertThat(parse("-s", "dir").setupDir).isEqualTo("dir");
  }

  @Test
  void unknownOptionsAndArgumentsAreNamed() {
    assertThatThrownBy(() -> parse("--nope")).hasMessage("invalid option: --nope");
    assertThatThrownBy(() -> parse("-Z")).hasMessage("invalid option: -Z");
    assertThatThrownBy(() -> parse("rest")).hasMessage("unexpected argument: rest");
    assertThatThrownBy(() -> parse("--config")).hasMessage("missing argument: --config");
    assertThatThrownBy(() -> parse("--workers", "x")).hasMessage("invalid argument: --workers x");
  }
}
