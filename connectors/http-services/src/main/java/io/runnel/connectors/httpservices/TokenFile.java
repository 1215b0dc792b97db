package io.runnel.connectors.httpservices;

import io.runnel.log.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The tokens of Logentries by application and kind, in a YAML file that is read again when it has
 * changed. Safe for use by several threads at once.
 */
final class TokenFile {
  private static final long MOST_BYTES = 1 << 20;

  private final Path path;
  private final Log log;
  private FileTime changed;
  private Map<String, Map<String, String>> tokens;

  TokenFile(Path path, Log log) {
    this.path = path;
    this.log = log;
  }

  /**
   * The tokens; those of before where the file has become unreadable.
   *
   * @throws IOException where it never was readable: events wait until it is
   */
  synchronized Map<String, Map<String, String>> read() throws IOException {
    try {
      FileTime now = Files.getLastModifiedTime(path);
      if (!now.equals(changed)) {
        tokens = parse();
        changed = now;
        log.info("Token(s) list updated.");
      }
    } catch (IOException e) {
      if (tokens == null) {
        throw new IOException("Could not load configuration. config_path " + path + ": " + e, e);
      }
      log.warn("Could not load configuration. " + e);
    }
    return tokens;
  }

  private Map<String, Map<String, String>> parse() throws IOException {
    if (Files.size(path) > MOST_BYTES) {
      throw new IOException("larger than 1 MB");
    }
    Object root;
    try {
      String text = Files.readString(path, StandardCharsets.UTF_8);
      root = new Load(LoadSettings.builder().build()).loadFromString(text);
    } catch (YamlEngineException e) {
      throw new IOException("no YAML", e); // its message would show the tokens
    }
    if (!(root instanceof Map<?, ?> map)) {
      throw new IOException("no map of names");
    }
    Map<String, Map<String, String>> read = new LinkedHashMap<>();
    map.forEach(
        (name, kinds) -> {
          Map<String, String> byKind = new LinkedHashMap<>();
          if (kinds instanceof Map<?, ?> found) {
            found.forEach((kind, token) -> byKind.put("" + kind, "" + token));
          }
          read.put("" + name, byKind);
        });
    return read;
  }
}
