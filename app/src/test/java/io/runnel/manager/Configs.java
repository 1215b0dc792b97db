package io.runnel.manager;

import io.runnel.instance.InstanceLayout;
import io.runnel.instance.InstanceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A root with instances, for tests. */
record Configs(Path root) {
  InstanceLayout layout() {
    return new InstanceLayout(root);
  }

  ConfigSource source() {
    return new ConfigSource(layout(), Map.of("P", "18777"));
  }

  /** Writes the configuration of an instance and reads it. */
  InstanceConfig add(String name, String text) throws IOException {
    Path file = layout().configDir().resolve(name + ".conf");
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return source().instance(new InstanceName(name));
  }
}
