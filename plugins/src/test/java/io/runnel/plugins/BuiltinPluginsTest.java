package io.runnel.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is declared somewhere is in the catalogue, found by its name and listed. */
class BuiltinPluginsTest {
  private final BuiltinPlugins catalog = new BuiltinPlugins();

  @Test
  void everyTypeThatIsDeclaredIsListed() throws Exception {
    List<PluginType<?, ?, ?>> types = declared();
    assertThat(types).hasSizeGreaterThan(60);
    for (PluginType<?, ?, ?> type : types) {
      assertThat(catalog.names(type.kind())).as(type.kind().text()).contains(type.name());
      assertThat(catalog.find(type.kind(), type.name())).isSameAs(type);
      for (String alias : type.aliases()) {
        assertThat(catalog.find(type.kind(), alias)).as(alias).isSameAs(type);
      }
    }
  }

  @Test
  void everyTypeThatIsListedIsFoundUnderItsOwnName() {
    for (PluginKind kind : PluginKind.values()) {
      assertThat(catalog.names(kind)).doesNotHaveDuplicates();
      for (String name : catalog.names(kind)) {
        assertThat(catalog.find(kind, name).name()).isEqualTo(name);
        assertThat(catalog.find(kind, name).kind()).isEqualTo(kind);
      }
    }
  }

  private static List<PluginType<?, ?, ?>> declared() throws Exception {
    Path classes =
        Path.of(BuiltinPlugins.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Path> files;
    try (Stream<Path> all = Files.walk(classes)) {
      files = all.filter(file -> file.toString().endsWith(".class")).toList();
    }
    List<PluginType<?, ?, ?>> types = new ArrayList<>();
    for (Path file : files) {
      String name = classes.relativize(file).toString().replace('/', '.');
      if (name.equals("module-info.class") || name.contains("$")) {
        continue;
      }
      Class<?> type =
          Class.forName(
              name.substring(0, name.length() - ".class".length()),
              false,
              BuiltinPlugins.class.getClassLoader());
      for (Field field : type.getDeclaredFields()) {
        if (field.getType() == PluginType.class && Modifier.isStatic(field.getModifiers())) {
          field.setAccessible(true);
          types.add((PluginType<?, ?, ?>) field.get(null));
        }
      }
    }
    return types;
  }
}
