package io.runnel.manager;

import io.runnel.config.ConfigElement;
import io.runnel.instance.InstanceName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A configuration that was read, and what it uses.
 *
 * @param label how it is called: the instance's name, or the file
 * @param name the instance; empty for a file that belongs to none
 * @param root the tree; what could be read of it where there are faults
 * @param sources the texts that were read, by file
 * @param faults what is wrong with it in itself
 */
public record InstanceConfig(
    String label,
    Optional<InstanceName> name,
    Path file,
    ConfigElement root,
    Map<String, String> sources,
    List<Resource> resources,
    List<Finding> faults) {
  /** The buffer directories, and patterns with {@code .*.} for the id, with links resolved. */
  public List<String> buffers() {
    return resources.stream()
        .filter(r -> r instanceof Resource.PathUse p && p.kind() == Resource.PathKind.BUFFER)
        .map(r -> RealPaths.buffer(((Resource.PathUse) r).path()))
        .distinct()
        .toList();
  }
}
