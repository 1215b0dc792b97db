package io.runnel.connectors.sql;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;
import java.util.stream.Stream;

/** The catalogue of this connector; connector.index says the same for those who do not load it. */
public final class SqlPlugins implements PluginCatalog {
  private static final List<PluginType<?, ?, ?>> ALL =
      List.of(
          MysqlOutput.TYPE,
          MysqlBulkOutput.TYPE,
          PostgresOutput.TYPE,
          SqlOutput.TYPE,
          SqlInput.TYPE);

  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    return of(kind).filter(type -> type.name().equals(name)).findFirst().orElse(null);
  }

  @Override
  public List<String> names(PluginKind kind) {
    return of(kind).map(PluginType::name).toList();
  }

  private static Stream<PluginType<?, ?, ?>> of(PluginKind kind) {
    return ALL.stream().filter(type -> type.kind() == kind);
  }
}
