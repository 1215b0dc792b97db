package io.runnel.connectors.sql;

import io.runnel.config.ConfigException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Finds the JDBC driver of a URL: in the jar that the configuration names, among the connector's
 * jars, or where Debian's packages put theirs. A driver is never registered with {@code
 * DriverManager}, so no other plugin sees it.
 */
final class Drivers {
  private static final List<Path> INSTALLED =
      List.of(
          Path.of("/usr/share/java/mariadb-java-client.jar"),
          Path.of("/usr/share/java/sqlite-jdbc.jar"));

  private Drivers() {}

  /**
   * @param jar of the configuration
   * @throws ConfigException where there is none, with what to install
   */
  static Driver find(String url, Optional<String> jar) {
    ClassLoader own = Drivers.class.getClassLoader();
    if (jar.isPresent()) {
      Path path = Path.of(jar.get());
      if (!Files.isReadable(path)) {
        throw new ConfigException("driver_path: there is no file " + path);
      }
      Driver driver = accepting(url, loader(path, own));
      if (driver == null) {
        throw new ConfigException("driver_path: " + path + " holds no driver for " + url);
      }
      return driver;
    }
    Driver driver = accepting(url, own);
    for (Path path : INSTALLED) {
      if (driver == null && Files.isReadable(path)) {
        driver = accepting(url, loader(path, own));
      }
    }
    if (driver == null) {
      throw new ConfigException(
          "there is no JDBC driver for "
              + url
              + ": "
              + (url.startsWith("jdbc:mariadb:")
                  ? "install Debian's package libmariadb-java, or name MariaDB's"
                      + " mariadb-java-client.jar in driver_path"
                  : "name its jar in driver_path"));
    }
    return driver;
  }

  private static ClassLoader loader(Path jar, ClassLoader parent) {
    try {
      return new URLClassLoader(
          "driver " + jar.getFileName(), new URL[] {jar.toUri().toURL()}, parent);
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Driver accepting(String url, ClassLoader loader) {
    for (Driver driver : ServiceLoader.load(Driver.class, loader)) {
      try {
        if (driver.acceptsURL(url)) {
          return driver;
        }
      } catch (SQLException e) {
        continue; // a URL that it cannot read is not its own
      }
    }
    return null;
  }
}
