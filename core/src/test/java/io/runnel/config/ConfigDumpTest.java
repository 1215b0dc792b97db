package io.runnel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigDumpTest {
  record Server(String host, @Secret String key) {}

  record Config(String path, int port, @Name("server") List<Server> servers) {}

  @Test
  void showsTypesAndHidesSecrets() {
    ConfigElement root =
        ConfigReader.parse(
            """
            <match a.**>
              @type file
              port 1
              path "/x\\ty"
              password topsecret
              <server>
                key hidden
                host h
              </server>
            </match>
            """);
    SectionDescription match = ConfigSpec.of(Config.class).describe("match");
    assertThat(ConfigDump.dump(root, e -> e.name().equals("match") ? match : null))
        .isEqualTo(
            """
            <ROOT>
              <match a.**>
                @type file
                port 1
                path "/x\\ty"
                password xxxxxx
                <server>
                  key xxxxxx
                  host "h"
                </server>
              </match>
            </ROOT>
            """);
  }
}
