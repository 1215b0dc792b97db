package io.runnel.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connectors that are compiled for the test: what a third party would ship. */
class ConnectorsTest {
  private static final String CATALOG =
      """
      package io.runnel.connectors.%1$s;
      import io.runnel.plugin.*;
      import java.util.List;
      public final class Plugins implements PluginCatalog {
        public record Config() {}
        public static final class Out implements UnbufferedOutput {
          @Override public void process(String tag, io.runnel.event.EventStream stream) {}
          @Override public String toString() { return lib.Version.TEXT; }
        }
        @Override public PluginType<?, ?, ?> find(PluginKind kind, String name) {
          return kind == PluginKind.OUTPUT && name.equals("%1$s")
              ? PluginType.output("%1$s", Config.class, (c, x) -> new Out()) : null;
        }
        @Override public List<String> names(PluginKind kind) {
          return kind == PluginKind.OUTPUT ? List.of("%1$s") : List.of();
        }
      }
      """;

  @TempDir Path home;

  private Path install(String name, String version) throws IOException {
    Path folder = Files.createDirectories(home.resolve("connectors").resolve(name));
    Files.writeString(folder.resolve("connector.index"), "connector " + name + "\noutput " + name);
    Path sources = Files.createDirectories(home.resolve("src-" + name));
    Path classes = Files.createDirectories(home.resolve("classes-" + name));
    Path library =
        Files.writeString(
            sources.resolve("Version.java"),
            "package lib;\npublic final class Version {\n  private Version() {}\n"
                + "  public static final String TEXT = String.valueOf(\""
                + version
                + "\");\n}\n");
    Path plugins = Files.writeString(sources.resolve("Plugins.java"), CATALOG.formatted(name));
    compile(classes, library, plugins);
    jar(
        folder.resolve(name + ".jar"),
        classes,
        Map.of(
            "META-INF/services/io.runnel.plugin.PluginCatalog",
            "io.runnel.connectors." + name + ".Plugins"));
    return folder;
  }

  private static void compile(Path classes, Path... sources) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      StringWriter out = new StringWriter();
      List<String> options =
          List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
      boolean ok =
          compiler
              .getTask(out, files, null, options, null, files.getJavaFileObjects(sources))
              .call();
      assertThat(ok).as(out.toString()).isTrue();
    }
  }

  private static void jar(Path jar, Path classes, Map<String, String> more) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        out.write(Files.readAllBytes(file));
      }
      for (Map.Entry<String, String> entry : more.entrySet()) {
        out.putNextEntry(new JarEntry(entry.getKey()));
        out.write(entry.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
  }

  private static String made(PluginType<?, ?, ?> type) {
    return create(type).toString();
  }

  private static <C> Object create(PluginType<C, ?, ?> type) {
    return type.create(null, null);
  }

  @Test
  void eachConnectorHasItsOwnVersionOfALibraryAndTheApplicationSeesNone() throws Exception {
    install("alpha", "1.0");
    install("beta", "2.0");
    Connectors connectors = Connectors.of(home.toString());
    assertThat(made(connectors.find(PluginKind.OUTPUT, "alpha"))).isEqualTo("1.0");
    assertThat(made(connectors.find(PluginKind.OUTPUT, "beta"))).isEqualTo("2.0");
    assertThat(connectors.connector(PluginKind.OUTPUT, "beta")).isEqualTo("beta");
    assertThatThrownBy(() -> Class.forName("lib.Version"))
        .isInstanceOf(ClassNotFoundException.class);
    assertThat(connectors.find(PluginKind.OUTPUT, "alpha").config().getClassLoader())
        .isNotSameAs(connectors.find(PluginKind.OUTPUT, "beta").config().getClassLoader())
        .isSameAs(connectors.find(PluginKind.OUTPUT, "alpha").config().getClassLoader());
  }

  @Test
  void noJarIsOpenedForAPluginOfAnother() throws Exception {
    install("alpha", "1.0");
    Path broken = Files.createDirectories(home.resolve("connectors/broken"));
    Files.writeString(broken.resolve("connector.index"), "connector broken\noutput broken");
    Files.writeString(broken.resolve("broken.jar"), "no jar");
    Connectors connectors = Connectors.of(home.toString());
    assertThat(connectors.find(PluginKind.OUTPUT, "alpha")).isNotNull();
    assertThat(connectors.find(PluginKind.OUTPUT, "nobody")).isNull();
    assertThat(connectors.names(PluginKind.OUTPUT)).containsExactly("alpha", "broken");
    assertThatThrownBy(() -> connectors.find(PluginKind.OUTPUT, "broken"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("broken");
  }

  @Test
  void aMissingClassIsAFaultOfTheConfiguration() throws Exception {
    Path folder = install("alpha", "1.0");
    Path classes = home.resolve("classes-alpha");
    Files.delete(classes.resolve("io/runnel/connectors/alpha/Plugins$Config.class"));
    jar(
        folder.resolve("alpha.jar"),
        classes,
        Map.of(
            "META-INF/services/io.runnel.plugin.PluginCatalog",
            "io.runnel.connectors.alpha.Plugins"));
    Connectors connectors = Connectors.of(home.toString());
    assertThatThrownBy(() -> connectors.find(PluginKind.OUTPUT, "alpha"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the plugin 'alpha' of the connector alpha cannot be loaded")
        .hasMessageContaining("Plugins$Config");
  }

  @Test
  void oneThatIsNotInstalledIsNamed() throws Exception {
    Files.createDirectories(home.resolve("lib"));
    Files.writeString(
        home.resolve("lib/connectors.index"), "connector kafka\noutput kafka2 kafka_buffered");
    Connectors connectors = Connectors.of(home.toString());
    assertThat(connectors.find(PluginKind.OUTPUT, "kafka_buffered")).isNull();
    assertThat(connectors.whereToGet(PluginKind.OUTPUT, "kafka_buffered"))
        .contains("needs the connector kafka, which is not installed")
        .contains("apt-get install runnel-connector-kafka");
    assertThat(connectors.whereToGet(PluginKind.INPUT, "kafka_buffered")).isNull();
  }

  @Test
  void oneThatIsInstalledLaterIsFound() throws Exception {
    Connectors connectors = Connectors.of(home.toString());
    assertThat(connectors.find(PluginKind.OUTPUT, "alpha")).isNull();
    install("alpha", "1.0");
    assertThat(connectors.find(PluginKind.OUTPUT, "alpha")).isNotNull();
  }

  @Test
  void aProgramWithoutHomeHasNone() {
    Connectors connectors = Connectors.of(null);
    assertThat(connectors.find(PluginKind.OUTPUT, "alpha")).isNull();
    assertThat(connectors.names(PluginKind.OUTPUT)).isEmpty();
    assertThat(connectors.whereToGet(PluginKind.OUTPUT, "alpha")).isNull();
  }
}
