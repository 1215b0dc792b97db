package io.runnel.connector;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * Loads the classes of one connector from its jars. Runnel's own classes come from the application,
 * so that both speak of the same types; everything else comes from the connector's jars first, so
 * that each connector has the versions of libraries that it was built with. The application and
 * other connectors see none of it.
 */
final class ConnectorLoader extends URLClassLoader {
  static {
    registerAsParallelCapable();
  }

  private static final String OWN = "io.runnel.connectors.";

  ConnectorLoader(String name, URL[] jars, ClassLoader application) {
    super("connector " + name, jars, application);
  }

  private static boolean isOfApplication(String name) {
    return name.startsWith("java.") || name.startsWith("io.runnel.") && !name.startsWith(OWN);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (isOfApplication(name)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> found = findLoadedClass(name);
      if (found == null) {
        try {
          found = findClass(name);
        } catch (ClassNotFoundException e) {
          return super.loadClass(name, resolve); // the run time's, or one that both share
        }
      }
      if (resolve) {
        resolveClass(found);
      }
      return found;
    }
  }

  @Override
  public URL getResource(String name) {
    URL own = findResource(name);
    return own == null ? super.getResource(name) : own;
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
    for (URL other : Collections.list(getParent().getResources(name))) {
      if (!all.contains(other)) {
        all.add(other);
      }
    }
    return Collections.enumeration(all);
  }
}
