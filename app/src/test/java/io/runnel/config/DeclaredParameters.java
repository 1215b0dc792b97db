package io.runnel.config;

import java.util.Set;
import java.util.TreeSet;

/**
 * The names of all parameters that records declare, as {@code scripts/check-parameters} has them.
 */
public final class DeclaredParameters {
  private final Set<String> names = new TreeSet<>();

  private DeclaredParameters() {}

  /**
   * For each parameter the record that declares it and its name ({@code UdpInput.Config.port}); for
   * each section that other records share, the outermost record and that of the section ({@code
   * ForwardInput.Config>TransportConfig}).
   *
   * @param roots the records of plugins and of other outermost sections
   */
  public static Set<String> of(Iterable<Class<?>> roots) {
    DeclaredParameters all = new DeclaredParameters();
    for (Class<?> root : roots) {
      all.add(root, root, SpecItem.of(root));
    }
    return all.names;
  }

  private void add(Class<?> root, Class<?> owner, Iterable<SpecItem> items) {
    boolean own = owner.getName().startsWith(root.getName().split("\\$", 2)[0]);
    boolean parameters = false;
    for (SpecItem item : items) {
      switch (item) {
        case SpecItem.Parameter parameter -> {
          names.add(name(owner) + "." + parameter.name());
          parameters = true;
        }
        case SpecItem.Group group -> add(root, group.raw(), group.items());
        case SpecItem.Section section -> {
          if (section.kind().isRecord() && section.kind() != PluginSection.class) {
            add(root, section.kind(), SpecItem.of(section.kind()));
          }
        }
      }
    }
    if (parameters && !own) {
      names.add(name(root) + ">" + name(owner));
    }
  }

  /** Such as {@code UdpInput.Config}. */
  private static String name(Class<?> owner) {
    return owner.getName().substring(owner.getPackageName().length() + 1).replace('$', '.');
  }
}
