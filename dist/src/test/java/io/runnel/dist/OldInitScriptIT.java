package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The story of two instances by hand: an init script in td-agent's manner, copied, with a defaults
 * file each; its stop function calls start-stop-daemon by pid file and then by executable.
 */
class OldInitScriptIT {
  private static final String SCRIPT =
      """
      #!/bin/sh
      NAME=@NAME@
      DAEMON=@DAEMON@
      PIDFILE=@ROOT@/var/run/$NAME/$NAME.pid
      DAEMON_ARGS=
      [ -r @ROOT@/etc/default/$NAME ] && . @ROOT@/etc/default/$NAME
      DAEMON_ARGS="$DAEMON_ARGS --daemon $PIDFILE --log @ROOT@/var/log/$NAME/$NAME.log"
      mkdir -p @ROOT@/var/run/$NAME @ROOT@/var/log/$NAME
      do_start() {
        start-stop-daemon --start --quiet --pidfile $PIDFILE --exec $DAEMON --test \\
          >/dev/null || return 1
        start-stop-daemon --start --quiet --pidfile $PIDFILE --exec $DAEMON \\
          -- $DAEMON_ARGS || return 2
      }
      do_stop() {
        start-stop-daemon --stop --quiet --retry=TERM/30/KILL/5 --pidfile $PIDFILE
        [ "$?" = 2 ] && return 2
        start-stop-daemon --stop --quiet --oknodo --retry=TERM/30/KILL/5 --exec $DAEMON
        [ "$?" = 2 ] && return 2
        rm -f $PIDFILE
        return 0
      }
      case "$1" in
        start) do_start ;;
        stop) do_stop ;;
      esac
      """;

  @TempDir Path root;

  private final Image image = Image.built();

  @BeforeEach
  void needsStartStopDaemon() {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/sbin/start-stop-daemon"))
            || Files.isExecutable(Path.of("/sbin/start-stop-daemon")),
        "start-stop-daemon is not installed");
  }

  @AfterEach
  void stopBoth() throws Exception {
    for (String name : List.of("td-agent", "td-agent_nginx")) {
      if (Files.exists(root.resolve("etc/init.d").resolve(name))) {
        init(name, "stop");
      }
    }
  }

  private int install(String name) throws Exception {
    int port = Image.freePort();
    Files.createDirectories(root.resolve("etc/init.d"));
    Files.createDirectories(root.resolve("etc/default"));
    Path config =
        Files.writeString(
            root.resolve("etc").resolve(name + ".conf"),
            """
            <source>
              type http
              bind 127.0.0.1
              port %d
            </source>
            <match debug.**>
              type stdout
            </match>
            """
                .formatted(port));
    Files.writeString(
        root.resolve("etc/default").resolve(name), "DAEMON_ARGS=\"--config " + config + "\"\n");
    Path script =
        Files.writeString(
            root.resolve("etc/init.d").resolve(name),
            SCRIPT
                .replace("@NAME@", name)
                .replace("@ROOT@", root.toString())
                .replace("@DAEMON@", image.runneld()));
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return port;
  }

  private Image.Result init(String name, String verb) throws Exception {
    return Image.run(List.of(root.resolve("etc/init.d").resolve(name).toString(), verb), Map.of());
  }

  @Test
  void stoppingTheFirstLeavesTheSecond() throws Exception {
    int first = install("td-agent");
    int second = install("td-agent_nginx");
    for (String name : List.of("td-agent", "td-agent_nginx")) {
      Image.Result started = init(name, "start");
      assertThat(started.status()).as(started.output()).isZero();
    }
    assertThat(Image.listens(first)).isTrue();
    assertThat(Image.listens(second)).isTrue();
    long firstPid = Image.pid(root.resolve("var/run/td-agent/td-agent.pid"));
    long secondPid = Image.pid(root.resolve("var/run/td-agent_nginx/td-agent_nginx.pid"));
    assertThat(init("td-agent", "stop").status()).isZero();
    assertThat(Image.alive(firstPid)).isFalse();
    assertThat(Image.listens(first)).isFalse();
    assertThat(Image.alive(secondPid)).isTrue();
    assertThat(Image.listens(second)).isTrue();
  }
}
