package io.runnel.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceNameTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "nginx", "td-agent_nginx", "9.x"})
  void accepts(String name) {
    assertThat(new InstanceName(name).service()).isEqualTo("runnel-" + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", "a b", "-a", "a\nb", "ä", "x.conf"})
  void refusesWhatWouldLeaveItsDirectoryOrConfuseTools(String name) {
    assertThatThrownBy(() -> new InstanceName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a name of an instance");
  }

  @Test
  void refusesVeryLongNames() {
    assertThatThrownBy(() -> new InstanceName("x".repeat(65)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
