package io.runnel.manager;

import io.runnel.instance.InstanceLayout;
import io.runnel.instance.InstanceName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the files of a copied configuration go: the main file to {@code NAME.conf}, what it
 * includes to {@code NAME.d}, what its config_include_dir holds to {@code NAME.conf.d}; and how the
 * includes in them are written then.
 */
final class CopyFiles {
  private final Path main;
  private final String includeDir;
  private final InstanceLayout layout;
  private final InstanceName name;

  /**
   * @param main the original's main file
   * @param includeDir the original's config_include_dir; empty where it has none
   */
  CopyFiles(Path main, String includeDir, InstanceLayout layout, InstanceName name) {
    this.main = main.toAbsolutePath().normalize();
    this.includeDir = includeDir;
    this.layout = layout;
    this.name = name;
  }

  /** Whether a text that was read is a file: neither a remote one nor one from the command line. */
  static boolean isLocal(String source) {
    return !source.startsWith("http://")
        && !source.startsWith("https://")
        && !source.startsWith("(");
  }

  Path mainTarget() {
    String file = main.getFileName().toString();
    int dot = file.lastIndexOf('.');
    String suffix = dot < 0 ? ".conf" : file.substring(dot);
    boolean known = List.of(".conf", ".yaml", ".yml").contains(suffix);
    return layout.configDir().resolve(name + (known ? suffix : ".conf"));
  }

  Path target(Path original) {
    Path file = original.toAbsolutePath().normalize();
    if (file.equals(main)) {
      return mainTarget();
    }
    if (!includeDir.isEmpty()) {
      Path extra = Path.of(includeDir).toAbsolutePath().normalize();
      if (file.startsWith(extra)) {
        return layout.extraConfigDir(name).resolve(extra.relativize(file));
      }
    }
    return included(file);
  }

  private Path included(Path file) {
    Path folder = main.getParent();
    if (!file.startsWith(folder)) {
      return layout.includeDir(name).resolve("abs").resolve(Path.of("/").relativize(file));
    }
    Path relative = folder.relativize(file);
    String own = main.getFileName().toString().replaceFirst("\\.[^.]*$", ".d");
    boolean copied = relative.getNameCount() > 1 && relative.startsWith(own);
    return layout
        .includeDir(name)
        .resolve(copied ? relative.subpath(1, relative.getNameCount()) : relative);
  }

  /**
   * The target of an include as the copy writes it.
   *
   * @param file the original file that the include stands in
   */
  String include(Path file, String target) {
    boolean remote = target.startsWith("http://") || target.startsWith("https://");
    String plain = target.startsWith("file://") ? target.substring(7) : target;
    if (remote || plain.contains("#{")) {
      return target;
    }
    Path from = file.toAbsolutePath().normalize();
    try {
      Path meant = from.resolveSibling(plain).normalize();
      return target(from).getParent().relativize(included(meant)).toString();
    } catch (InvalidPathException e) {
      return target;
    }
  }
}
