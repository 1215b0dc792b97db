package io.runnel.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.instance.InstanceName;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceCopyTest {
  @TempDir Path root;

  private Configs configs;
  private final List<InstanceConfig> others = new ArrayList<>();

  @BeforeEach
  void prepare() {
    configs = new Configs(root);
  }

  private InstanceCopy.Plan copy(InstanceConfig source, String name, OptionalInt shift)
      throws IOException, RefusedException {
    others.add(source);
    return InstanceCopy.plan(
        source,
        "",
        configs.layout(),
        new InstanceName(name),
        others,
        Checker.host(configs.layout()),
        shift);
  }

  private static String main(InstanceCopy.Plan plan) {
    return text(plan, plan.main());
  }

  private static String text(InstanceCopy.Plan plan, Path file) {
    return new String(plan.texts().get(file), StandardCharsets.UTF_8);
  }

  @Test
  void oldDialectKeepsItsCommentsAndLayout() throws Exception {
    InstanceConfig source =
        configs.add(
            "td-agent",
            """
            # buffers of td-agent
            <match td.*.*>
              type tdlog
              apikey KEY   # 24224
              buffer_type file
              buffer_path /var/log/td-agent/buffer/td
            </match>
            <source>
            \ttype forward
            </source>
            <source>
              type http
              port 18888    # the web
              bind "0.0.0.0"
            </source>
            """);
    InstanceCopy.Plan plan = copy(source, "nginx", OptionalInt.of(1000));
    assertThat(main(plan))
        .isEqualTo(
            """
            # buffers of td-agent
            <match td.*.*>
              type tdlog
              apikey KEY   # 24224
              buffer_type file
              buffer_path /var/log/td-agent_nginx/buffer/td
            </match>
            <source>
            \ttype forward
            \tport 25224
            </source>
            <source>
              type http
              port 19888    # the web
              bind "0.0.0.0"
            </source>
            """);
    assertThat(plan.moves())
        .extracting(move -> move.what() + " " + move.from() + " " + move.to())
        .containsExactly(
            "port 24224 25224",
            "port 18888 19888",
            "buffer_path /var/log/td-agent/buffer/td /var/log/td-agent_nginx/buffer/td");
  }

  @Test
  void everyPathThatWouldCollideIsRenamed() throws Exception {
    InstanceConfig source =
        configs.add(
            "a",
            """
            <system>
              root_dir "/var/lib/runnel/a/root"
              rpc_endpoint 127.0.0.1:24444
              <log>
                path /var/log/runnel/a/own.log
              </log>
            </system>
            <source>
              @type tail
              path /var/log/app.log
              pos_file '/var/lib/runnel/a/app.pos'
              tag app
            </source>
            <source>
              @type unix
            </source>
            <source>
              @type sample
              <storage>
                path /data/st.json
              </storage>
            </source>
            <match x>
              @type file
              path /data/out/%Y
              symlink_path /data/current.log
            </match>
            """);
    String text = main(copy(source, "b", OptionalInt.empty()));
    assertThat(text)
        .contains("root_dir \"/var/lib/runnel/b/root\"")
        .contains("path /var/log/runnel/b/own.log")
        .contains("pos_file '/var/lib/runnel/b/app.pos'")
        .contains("path /var/log/app.log")
        .contains("@type unix\n  path /var/run/fluent/fluent_b.sock")
        .contains("path /data/st_b.json")
        .contains("path /data/out_b/%Y")
        .contains("symlink_path /data/current_b.log")
        .contains("rpc_endpoint 127.0.0.1:24445");
    InstanceConfig copied = configs.add("b", text);
    assertThat(Clashes.between(List.of(source, copied))).isEmpty();
  }

  @Test
  void nextFreePortSkipsOtherInstancesAndBoundPorts() throws Exception {
    InstanceConfig source;
    try (ServerSocket bound = new ServerSocket(0)) {
      int port = bound.getLocalPort();
      source = configs.add("a", "<source>\n@type http\nport " + (port - 1) + "\n</source>\n");
      others.add(configs.add("c", "<source>\n@type http\nport " + (port + 1) + "\n</source>\n"));
      InstanceCopy.Plan plan = copy(source, "b", OptionalInt.empty());
      assertThat(Integer.parseInt(plan.moves().getFirst().to())).isGreaterThan(port + 1);
    }
  }

  @Test
  void shiftOntoAnotherInstanceIsRefusedAndNamesIt() throws Exception {
    InstanceConfig source = configs.add("a", "<source>\n@type http\nport 19880\n</source>\n");
    others.add(configs.add("c", "<source>\n@type http\nport 19890\n</source>\n"));
    assertThatThrownBy(() -> copy(source, "b", OptionalInt.of(10)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("19890")
        .hasMessageContaining("c.conf:3");
    assertThatThrownBy(() -> copy(source, "b", OptionalInt.of(60_000)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("there is no port 79880");
  }

  @Test
  void includedFilesAreCopiedAndTheirIncludesFollow() throws Exception {
    Path etc = Files.createDirectories(root.resolve("etc/td-agent/conf.d"));
    Files.writeString(etc.resolve("in.conf"), "<source>\n  @type http\n  port 18000\n</source>\n");
    Path outside = Files.createDirectories(root.resolve("shared")).resolve("out.conf");
    Files.writeString(outside, "<match **>\n  @type null\n</match>\n");
    Path main = root.resolve("etc/td-agent/td-agent.conf");
    Files.writeString(main, "@include conf.d/*.conf # all\n@include \"" + outside + "\"\n# end\n");
    InstanceConfig source = configs.source().fileAs(main.toString(), main, Path.of("/"), "");
    InstanceCopy.Plan plan = copy(source, "n", OptionalInt.of(1));
    String abs = "n.d/abs/" + Path.of("/").relativize(outside);
    assertThat(main(plan))
        .isEqualTo("@include n.d/conf.d/*.conf # all\n@include \"" + abs + "\"\n# end\n");
    Path etcRunnel = configs.layout().configDir();
    assertThat(text(plan, etcRunnel.resolve("n.d/conf.d/in.conf"))).contains("port 18001");
    assertThat(plan.texts()).containsKey(etcRunnel.resolve(abs));
  }

  @Test
  void computedPortIsReplacedByAFixedOne() throws Exception {
    InstanceConfig source =
        configs.add("a", "<source>\n@type http\nport \"#{ENV['P']}\"\n</source>\n");
    assertThat(main(copy(source, "b", OptionalInt.of(1)))).contains("port \"18778\"");
  }

  @Test
  void yamlKeepsItsLayoutToo() throws Exception {
    Path file = configs.layout().configDir().resolve("y.yaml");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        # the inputs
        config:
          - source:
              $type: http   # no port
          - source: {$type: forward, bind: 127.0.0.1}
          - source: {$type: tcp, port: 15171, tag: x}
          - match:
              $tag: "**"
              $type: file
              path: "/data/out"
        """);
    InstanceConfig source = configs.source().instance(new InstanceName("y"));
    InstanceCopy.Plan plan = copy(source, "z", OptionalInt.of(2000));
    assertThat(plan.main()).hasFileName("z.yaml");
    assertThat(main(plan))
        .isEqualTo(
            """
            # the inputs
            config:
              - source:
                  $type: http   # no port
                  port: 11880
              - source: {$type: forward, port: 26224, bind: 127.0.0.1}
              - source: {$type: tcp, port: 17171, tag: x}
              - match:
                  $tag: "**"
                  $type: file
                  path: "/data/out_z"
            """);
  }
}
