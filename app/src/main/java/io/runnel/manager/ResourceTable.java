package io.runnel.manager;

import io.runnel.config.ConfigElement;
import io.runnel.manager.Resource.Destination;
import io.runnel.manager.Resource.PathKind;
import io.runnel.manager.Resource.PathUse;
import io.runnel.manager.Resource.Port;
import io.runnel.manager.Resource.Protocol;
import io.runnel.manager.Resource.Slot;
import io.runnel.manager.Resource.Tail;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds in a configuration all that two instances may not share: which parameter of which plugin is
 * a port or a path, and what holds where it is absent. Both dialects, v1 and v0.12, are read as
 * they are written.
 */
public final class ResourceTable {
  private static final String FLUENT_SOCKET = "/var/run/fluent/fluent.sock";
  private static final int MAX_PORT = 65535;

  /** Port of OpenTelemetry's protocol over HTTP. */
  private static final int OTLP_PORT = 4318;

  /** Where inputs that read databases and services keep how far they are. */
  private static final List<String> STATE_FILES = List.of("state_file", "id_store_file");

  /** Buffers that write files. */
  private static final Set<String> FILE_BUFFERS = Set.of("file", "file_single");

  /** Outputs whose buffer is a file buffer unless the configuration says otherwise. */
  private static final Set<String> FILE_BUFFERED = Set.of("file", "tdlog", "s3", "webhdfs");

  private static final String LOCAL = "localhost";

  private final Path base;
  private final Map<String, String> environment;
  private final List<Resource> found = new ArrayList<>();
  private int workers = 1;
  private Slot rootDir;

  private ResourceTable(Path base, Map<String, String> environment) {
    this.base = base;
    this.environment = environment;
  }

  /**
   * @param root the whole configuration
   * @param base to which relative paths are relative: the working directory of the daemon
   * @param environment the daemon's, for the paths that it gives
   */
  public static List<Resource> of(ConfigElement root, Path base, Map<String, String> environment) {
    ResourceTable table = new ResourceTable(base, environment);
    table.system(root);
    table.container(root);
    return List.copyOf(table.found);
  }

  private void system(ConfigElement root) {
    for (ConfigElement system : root.sections("system")) {
      workers = Math.max(1, number(system.peek("workers"), 1));
      String endpoint = system.peek("rpc_endpoint");
      if (endpoint != null && !endpoint.isEmpty()) {
        endpoint(new Slot(system, "rpc_endpoint", "rpc"), endpoint);
      }
      if (present(system, "root_dir")) {
        rootDir = new Slot(system, "root_dir", "");
        path("<system>", rootDir, PathKind.ROOT_DIR, system.peek("root_dir"));
      }
      for (ConfigElement log : system.sections("log")) {
        if (present(log, "path")) {
          path("<system> log", new Slot(log, "path", ""), PathKind.LOG, log.peek("path"));
        }
      }
      for (ConfigElement server : system.sections("counter_server")) {
        Slot slot = new Slot(server, "port", "counter_server");
        String bind = server.has("bind") ? server.peek("bind") : "127.0.0.1";
        port("<counter_server>", slot, EnumSet.of(Protocol.TCP), bind, 24321, false);
        if (present(server, "backup_path")) {
          Slot backup = new Slot(server, "backup_path", "counter_server");
          path("<counter_server>", backup, PathKind.STORAGE, server.peek("backup_path"));
        }
      }
      for (ConfigElement buffer : system.sections("source_only_buffer")) {
        if (present(buffer, "path")) {
          Slot slot = new Slot(buffer, "path", "source_only_buffer");
          path("<source_only_buffer>", slot, PathKind.BUFFER, buffer.peek("path"));
        }
      }
    }
  }

  private void endpoint(Slot slot, String endpoint) {
    int colon = endpoint.lastIndexOf(':');
    int number = number(endpoint.substring(colon + 1), 0);
    if (colon > 0 && number > 0 && number <= MAX_PORT) {
      String host = endpoint.substring(0, colon).replaceAll("^\\[|]$", "");
      found.add(new Port("<system> rpc_endpoint", slot, Protocol.TCP, host, number, 0));
    }
  }

  private void container(ConfigElement element) {
    for (ConfigElement section : element.sections()) {
      switch (section.name()) {
        case "source" -> source(section);
        case "match", "store" -> output(section, section);
        case "filter" -> storages(section, label(section));
        case "label", "worker" -> container(section);
        default -> {
          // What else stands here has no resources, or is read elsewhere (<system>).
        }
      }
    }
  }

  /** The plugin's name in either dialect; empty where there is none. */
  static String type(ConfigElement section) {
    String type = section.peek("@type");
    return type != null ? type : section.peek("type") != null ? section.peek("type") : "";
  }

  private static String label(ConfigElement section) {
    return section + " " + type(section);
  }

  // ------------------------------------------------------------------------------------- inputs

  private void source(ConfigElement section) {
    String type = type(section);
    String user = label(section);
    PluginPorts.Rule rule =
        PluginPorts.of(type, present(section, "port"), present(section, "host"));
    String unixPath = section.peek("unix_path");
    if (type.equals("debug_agent") && unixPath != null && !unixPath.isEmpty()) {
      path(user, new Slot(section, "unix_path", type), PathKind.UNIX_SOCKET, unixPath);
    } else if (rule != null) {
      String bind = section.has("bind") ? section.peek("bind") : rule.bind();
      Set<Protocol> protocols = type.equals("syslog") ? syslog(section) : rule.protocols();
      Slot slot = new Slot(section, "port", type);
      port(user, slot, protocols, bind, rule.port(), rule.perWorker());
    }
    if (type.equals("unix")) {
      String path = section.peek("path");
      String standard = environment.getOrDefault("FLUENT_SOCKET", FLUENT_SOCKET);
      Slot slot = new Slot(section, "path", type);
      path(user, slot, PathKind.UNIX_SOCKET, path == null || path.isEmpty() ? standard : path);
    }
    if (type.equals("opentelemetry")) {
      for (ConfigElement http : section.sections("http")) {
        Slot slot = new Slot(http, "port", type);
        port(user, slot, EnumSet.of(Protocol.TCP), http.peek("bind"), OTLP_PORT, false);
      }
    }
    if (present(section, "pos_file")) {
      Slot slot = new Slot(section, "pos_file", type);
      path(user, slot, PathKind.POS_FILE, section.peek("pos_file"));
    }
    for (String key : STATE_FILES) {
      if (present(section, key)) {
        path(user, new Slot(section, key, type), PathKind.STATE, section.peek(key));
      }
    }
    if (type.equals("tail") && present(section, "path")) {
      tail(section, user);
    }
    storages(section, user);
  }

  private static Set<Protocol> syslog(ConfigElement section) {
    String transport =
        section
            .section("transport")
            .map(ConfigElement::argument)
            .filter(a -> !a.isEmpty())
            .orElseGet(
                () ->
                    section.peek("protocol_type") == null ? "udp" : section.peek("protocol_type"));
    return EnumSet.of(transport.equals("udp") ? Protocol.UDP : Protocol.TCP);
  }

  private void tail(ConfigElement section, String user) {
    String delimiter = section.has("path_delimiter") ? section.peek("path_delimiter") : ",";
    List<String> paths =
        Arrays.stream(section.peek("path").split(java.util.regex.Pattern.quote(delimiter)))
            .map(String::strip)
            .filter(path -> !path.isEmpty())
            .map(this::absolute)
            .toList();
    String exclude = section.peek("exclude_path");
    List<String> excluded =
        exclude == null
            ? List.of()
            : Arrays.stream(exclude.split("[\\[\\]\",\\s]+")).filter(e -> !e.isEmpty()).toList();
    found.add(new Tail(user, new Slot(section, "path", "tail"), paths, excluded));
  }

  private void port(
      String user, Slot slot, Set<Protocol> protocols, String bind, int standard, boolean each) {
    int port = slot.isPresent() ? number(slot.section().peek(slot.key()), standard) : standard;
    if (port <= 0 || port > MAX_PORT) {
      return; // 0: the kernel chooses
    }
    String address = bind == null || bind.isEmpty() ? "0.0.0.0" : bind;
    for (int worker = 0; worker < (each ? workers : 1); worker++) {
      for (Protocol protocol : protocols) {
        found.add(new Port(user, slot, protocol, address, port + worker, worker));
      }
    }
  }

  // ------------------------------------------------------------------------------------ outputs

  /**
   * @param owner the section of the plugin whose type a {@code <secondary>} without one takes
   */
  private void output(ConfigElement section, ConfigElement owner) {
    String type = type(section).isEmpty() ? type(owner) : type(section);
    String user = section + " " + type;
    boolean secondary = section != owner;
    if (type.equals("file") && present(section, "path")) {
      path(user, new Slot(section, "path", type), PathKind.OUTPUT, section.peek("path"));
    }
    if (type.equals("secondary_file") && present(section, "directory")) {
      String basename = section.has("basename") ? section.peek("basename") : "dump.bin";
      Slot slot = new Slot(section, "directory", type);
      path(user, slot, PathKind.OUTPUT, section.peek("directory") + "/" + basename);
    }
    if (type.equals("file") && present(section, "symlink_path")) {
      path(
          user,
          new Slot(section, "symlink_path", type),
          PathKind.SYMLINK,
          section.peek("symlink_path"));
    }
    if (!secondary) {
      buffer(section, type, user);
      for (ConfigElement second : section.sections("secondary")) {
        output(second, section);
      }
    }
    destination(section, type, user);
    storages(section, user);
    for (ConfigElement store : section.sections("store")) {
      output(store, store);
    }
  }

  private void buffer(ConfigElement section, String type, String user) {
    ConfigElement buffer = section.section("buffer").orElse(null);
    String standard = FILE_BUFFERED.contains(type) ? "file" : "memory";
    String kind =
        buffer != null
            ? type(buffer)
            : section.peek("buffer_type") == null ? "" : section.peek("buffer_type");
    if (kind.isEmpty()) {
      boolean legacyPath = buffer == null && present(section, "buffer_path");
      kind = legacyPath && !standard.equals("file") ? "memory" : standard;
    }
    if (!FILE_BUFFERS.contains(kind)) {
      return;
    }
    if (buffer != null && present(buffer, "path")) {
      path(user, new Slot(buffer, "path", kind), PathKind.BUFFER, buffer.peek("path"));
    } else if (buffer == null && present(section, "buffer_path")) {
      path(
          user,
          new Slot(section, "buffer_path", kind),
          PathKind.BUFFER,
          section.peek("buffer_path"));
    } else if (type.equals("file") && present(section, "path")) {
      path(user, new Slot(section, "path", type), PathKind.BUFFER, section.peek("path"));
    } else if (rootDir != null && id(section) != null) {
      String root = rootDir.section().peek("root_dir");
      path(user, rootDir, PathKind.BUFFER, root + "/worker0/" + id(section) + "/buffer");
    }
  }

  private static String id(ConfigElement section) {
    return section.peek("@id") != null ? section.peek("@id") : section.peek("id");
  }

  /** Where it sends to, for the outputs with which double delivery is likely and recognisable. */
  private void destination(ConfigElement section, String type, String user) {
    switch (type) {
      case "forward", "secure_forward" -> {
        for (ConfigElement server : section.sections("server")) {
          String port = server.has("port") ? server.peek("port") : "24224";
          String target = "forward " + host(server) + ":" + port;
          found.add(new Destination(user, new Slot(server, "host", type), target));
        }
      }
      case "http" -> {
        if (present(section, "endpoint")) {
          Slot slot = new Slot(section, "endpoint", type);
          found.add(new Destination(user, slot, "http " + section.peek("endpoint")));
        }
      }
      case "file" -> {
        if (present(section, "path")) {
          Slot slot = new Slot(section, "path", type);
          found.add(new Destination(user, slot, "file " + absolute(section.peek("path"))));
        }
      }
      case "tdlog" -> {
        if (present(section, "apikey")) {
          found.add(new Destination(user, new Slot(section, "apikey", type), keyed(section)));
        }
      }
      case "s3" -> {
        if (present(section, "s3_bucket")) {
          String target = "s3 " + section.peek("s3_bucket") + "/" + section.peek("path");
          found.add(new Destination(user, new Slot(section, "s3_bucket", type), target));
        }
      }
      case "elasticsearch", "opensearch", "loki", "kafka", "kafka2", "mongo", "influxdb" -> {
        String where = section.peek("host") == null ? LOCAL : section.peek("host");
        for (String key : List.of("hosts", "url", "brokers")) {
          where = section.peek(key) == null ? where : section.peek(key);
        }
        String target = type + " " + where + ":" + section.peek("port");
        found.add(new Destination(user, new Slot(section, "host", type), target));
      }
      default -> {
        // Where other outputs send to is not known.
      }
    }
  }

  /** The key itself is a secret and is not shown. */
  private static String keyed(ConfigElement section) {
    return "tdlog account " + Integer.toHexString(section.peek("apikey").hashCode());
  }

  private static String host(ConfigElement server) {
    String host = server.peek("host");
    return host == null ? "?" : host.equals("127.0.0.1") || host.equals("::1") ? LOCAL : host;
  }

  // -------------------------------------------------------------------------------------- common

  private void storages(ConfigElement section, String user) {
    for (ConfigElement storage : section.sections("storage")) {
      if (present(storage, "path") && Set.of("", "local").contains(type(storage))) {
        String path = storage.peek("path");
        String file = path.endsWith(".json") ? path : path + "/worker0/storage.json";
        path(user, new Slot(storage, "path", "local"), PathKind.STORAGE, file);
      }
    }
  }

  private void path(String user, Slot slot, PathKind kind, String path) {
    found.add(new PathUse(user, slot, kind, absolute(path)));
  }

  /** The kernel follows a link before it goes up from there, so {@code ..} waits for the links. */
  private String absolute(String path) {
    Path given = base.resolve(path);
    boolean goesUp = given.toString().contains("/..");
    return goesUp ? RealPaths.canonical(given.toString()) : given.normalize().toString();
  }

  private static boolean present(ConfigElement section, String key) {
    return section.peek(key) != null && !section.peek(key).isEmpty();
  }

  private static int number(String text, int otherwise) {
    try {
      return text == null ? otherwise : Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      return otherwise; // wrong values are reported by the validation
    }
  }
}
