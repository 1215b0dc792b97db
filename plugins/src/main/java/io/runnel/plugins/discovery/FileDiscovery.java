package io.runnel.plugins.discovery;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.plugin.PluginContext;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Servers that stand in a YAML or JSON file, a list of maps with {@code host}, {@code port}, {@code
 * weight} …; the file is read again when it changes. A file that is broken later leaves the servers
 * as they are.
 */
final class FileDiscovery implements ServiceDiscovery {
  /** Larger files are not lists of servers. */
  private static final long MAX_BYTES = 4 << 20;

  private static final long POLL_NANOS = 1_000_000_000L;

  @Doc("Servers that stand in a file, which is watched.")
  record Config(
      @Doc("YAML or JSON file with a list of servers.") @Default("/etc/fluent/sd.yaml") String path,
      @Doc("Encoding of the file.") @Default("utf-8") String confEncoding) {}

  /** What of a file tells that it has changed. */
  private record Version(FileTime modified, long size, Object inode) {}

  private final PluginContext context;
  private final Path path;
  private final Charset charset;
  private List<Service> services;
  private Version version;
  private final Refresh refresh;

  private FileDiscovery(PluginContext context, Path path, Charset charset) {
    this.context = context;
    this.path = path;
    this.charset = charset;
    this.refresh = new Refresh(context, "sd_file", POLL_NANOS, this::look);
  }

  static FileDiscovery of(ConfigElement element, PluginContext context) {
    Config config = Sections.bind(Config.class, element, context);
    Path path = Path.of(config.path());
    if (!Files.exists(path)) {
      throw new ConfigException("sd_file: path=" + path + " not found", element.placeOf("path"));
    }
    try {
      FileDiscovery discovery =
          new FileDiscovery(context, path, Charset.forName(config.confEncoding()));
      discovery.version = discovery.version();
      discovery.services = discovery.read();
      return discovery;
    } catch (IOException e) {
      throw new ConfigException(
          "sd_file: cannot load path=" + path + ": " + e.getMessage(), element.placeOf("path"), e);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new ConfigException(
          "unknown encoding name - " + config.confEncoding(), element.placeOf("conf_encoding"), e);
    }
  }

  @Override
  public List<Service> services() {
    return services;
  }

  @Override
  public void start(Consumer<List<Service>> changed) {
    refresh.start(services, changed);
  }

  @Override
  public void stop() {
    refresh.stop();
  }

  /** Empty where the file is as it was, or cannot be read, which is logged once. */
  private Optional<List<Service>> look() {
    try {
      Version now = version();
      if (now.equals(version)) {
        return Optional.empty();
      }
      version = now;
      return Optional.of(read());
    } catch (IOException e) {
      if (version != null) {
        context.log().error("sd_file: cannot read the file, the servers stay", e, "path", path);
      }
      version = null;
      return Optional.empty();
    }
  }

  private Version version() throws IOException {
    Map<String, Object> all = Files.readAttributes(path, "unix:lastModifiedTime,size,ino");
    return new Version(
        (FileTime) all.get("lastModifiedTime"), (Long) all.get("size"), all.get("ino"));
  }

  private List<Service> read() throws IOException {
    if (Files.size(path) > MAX_BYTES) {
      throw new IOException(path + " has more than " + MAX_BYTES + " bytes");
    }
    String text = new String(Files.readAllBytes(path), charset);
    Object loaded;
    try {
      loaded =
          new Load(LoadSettings.builder().setLabel(path.toString()).build()).loadFromString(text);
    } catch (YamlEngineException e) {
      throw new IOException("invalid YAML or JSON: " + e.getMessage(), e);
    }
    if (!(loaded instanceof List<?> list)) {
      throw new IOException("a list of servers was expected");
    }
    List<Service> result = new ArrayList<>();
    for (Object item : list) {
      if (!(item instanceof Map<?, ?> map)) {
        throw new IOException("each server must be a map, found " + item);
      }
      result.add(service(map));
    }
    return List.copyOf(result);
  }

  private static Service service(Map<?, ?> map) throws IOException {
    if (map.get("host") == null) {
      throw new IOException("key not found: \"host\"");
    }
    return new Service(
        map.get("host").toString(),
        integer(map, "port", 24224),
        text(map, "name"),
        integer(map, "weight", 60),
        Boolean.parseBoolean(text(map, "standby").orElse("false")),
        text(map, "username").orElse(""),
        text(map, "password").orElse(""),
        text(map, "shared_key"));
  }

  private static Optional<String> text(Map<?, ?> map, String key) {
    return Optional.ofNullable(map.get(key)).map(Object::toString);
  }

  private static int integer(Map<?, ?> map, String key, int otherwise) throws IOException {
    Object value = map.get(key);
    if (value == null) {
      return otherwise;
    }
    try {
      return Integer.parseInt(value.toString());
    } catch (NumberFormatException e) {
      throw new IOException(key + " must be an integer, found " + value, e);
    }
  }
}
