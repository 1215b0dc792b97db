package io.runnel.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostClashesTest {
  @TempDir Path root;

  @Test
  void boundPortIsReportedWithPidAndNameOfItsHolder() throws Exception {
    Configs configs = new Configs(root);
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String text =
          "<source>\n@type http\nbind %s\nport " + socket.getLocalPort() + "\n</source>\n";
      List<Finding> found =
          Checker.host(configs.layout()).of(configs.add("a", text.formatted("0.0.0.0")));
      assertThat(found).hasSize(1);
      Finding.Side holder = found.getFirst().sides().get(1);
      assertThat(holder.pid()).isEqualTo(ProcessHandle.current().pid());
      // a test of process_name may have given this process another name
      String name = Files.readString(Path.of("/proc/self/comm")).strip();
      assertThat(holder.owner()).isEqualTo(name);
      assertThat(Checker.host(configs.layout()).of(configs.add("b", text.formatted("127.0.0.2"))))
          .isEmpty();
    }
  }
}
