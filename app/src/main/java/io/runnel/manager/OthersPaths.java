package io.runnel.manager;

import io.runnel.host.OwnerLocks;
import io.runnel.host.ProcessTable;
import io.runnel.instance.InstanceLayout;
import io.runnel.instance.InstanceName;
import io.runnel.manager.Resource.PathUse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** What other instances and other running collectors write, which a removal has to leave alone. */
final class OthersPaths {
  private final Set<String> named;

  private OthersPaths(Set<String> named) {
    this.named = named;
  }

  static OthersPaths of(InstanceLayout layout, ConfigSource source, InstanceName except)
      throws IOException {
    Set<String> named = new HashSet<>();
    for (InstanceName name : layout.names()) {
      if (!name.equals(except)) {
        for (Resource resource : source.instance(name).resources()) {
          if (resource instanceof PathUse path) {
            named.add(RealPaths.buffer(path.path()));
          }
        }
      }
    }
    return new OthersPaths(named);
  }

  /** Whether another instance names the path, or a live process owns it. */
  boolean use(Path path) throws IOException {
    String real = RealPaths.buffer(path.toString());
    return named.stream().anyMatch(other -> other.equals(real) || RealPaths.isInside(other, real))
        || OwnerLocks.peek(path, "file", ProcessTable.system()).isPresent();
  }
}
