package io.runnel.manager;

import io.runnel.config.ConfigElement;
import io.runnel.config.Place;
import java.util.List;

/** Something of the host that a configuration uses and that two instances may not share. */
public sealed interface Resource {
  /** What it is used for, as it is shown: {@code <source> forward}. */
  String user();

  /** The parameter that says so. */
  Slot slot();

  /** How the resource is shown: {@code tcp 0.0.0.0:24224}. */
  String text();

  default Place place() {
    return slot().place();
  }

  /**
   * A parameter, present or with its default.
   *
   * @param section where it stands or would stand
   * @param key its name as it is, or would be, written
   * @param plugin the type of the plugin
   */
  record Slot(ConfigElement section, String key, String plugin) {
    public boolean isPresent() {
      return section.has(key);
    }

    public Place place() {
      return isPresent() ? section.placeOf(key) : section.place();
    }
  }

  /** Protocols, each with ports of its own. */
  enum Protocol {
    TCP,
    UDP
  }

  /**
   * A port on which the instance listens.
   *
   * @param address as written; {@code 0.0.0.0} and {@code ::} for all
   * @param number 1 to 65535
   * @param offset what is added to the parameter's value: the number of a worker
   */
  record Port(String user, Slot slot, Protocol protocol, String address, int number, int offset)
      implements Resource {
    @Override
    public String text() {
      String host = address.contains(":") ? "[" + address + "]" : address;
      return protocol.name().toLowerCase(java.util.Locale.ROOT) + " " + host + ":" + number;
    }
  }

  /** Kinds of paths. */
  enum PathKind {
    UNIX_SOCKET("unix socket"),
    BUFFER("buffer path"),
    POS_FILE("pos_file"),
    STATE("state file"),
    STORAGE("storage file"),
    PID("pid file"),
    LOG("log file"),
    OUTPUT("output file"),
    SYMLINK("symlink"),
    ROOT_DIR("root_dir");

    private final String words;

    PathKind(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  /**
   * A file or directory that one instance alone may write.
   *
   * @param path absolute and without {@code ..}; may hold placeholders and, for buffers, {@code *}
   */
  record PathUse(String user, Slot slot, PathKind kind, String path) implements Resource {
    @Override
    public String text() {
      return kind.words() + " " + path;
    }
  }

  /**
   * Files that are read. Two instances may read one file, unless both send it to the same place.
   *
   * @param paths absolute patterns
   * @param excluded {@code exclude_path}
   */
  record Tail(String user, Slot slot, List<String> paths, List<String> excluded)
      implements Resource {
    @Override
    public String text() {
      return "tailed path " + String.join(",", paths);
    }
  }

  /**
   * Where an output sends to.
   *
   * @param target in a form in which equal targets are equal
   */
  record Destination(String user, Slot slot, String target) implements Resource {
    @Override
    public String text() {
      return "destination " + target;
    }
  }
}
