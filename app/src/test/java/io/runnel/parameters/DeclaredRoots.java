package io.runnel.parameters;

import io.runnel.config.DeclaredParameters;
import io.runnel.delivery.BufferParameters;
import io.runnel.engine.SystemConfig;
import io.runnel.plugin.PluginKind;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.plugins.discovery.ServiceDiscovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The parameters of everything that a configuration can name. */
final class DeclaredRoots {
  private DeclaredRoots() {}

  /** See {@link DeclaredParameters#of}. */
  static Set<String> parameters() {
    BuiltinPlugins catalog = new BuiltinPlugins();
    List<Class<?>> roots = new ArrayList<>(List.of(BufferParameters.class, SystemConfig.class));
    for (PluginKind kind : PluginKind.values()) {
      catalog.names(kind).forEach(name -> roots.add(catalog.find(kind, name).config()));
    }
    roots.addAll(ServiceDiscovery.types().values());
    return DeclaredParameters.of(roots);
  }
}
