package io.runnel.dist;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The floors of the architecture (docs/decisions/0001-layout.md): an import goes down only. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.runnel");

  private static final JavaClasses CONNECTORS =
      new ClassFileImporter().importPaths(connectorClasses());

  /** Not on the class path of this module: nothing but a folder of the image leads to them. */
  private static List<Path> connectorClasses() {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> poms =
        Files.newDirectoryStream(
            Path.of(System.getProperty("runnel.basedir"), "connectors"),
            folder -> Files.exists(folder.resolve("pom.xml")))) {
      for (Path folder : poms) {
        Path classes = folder.resolve("target/classes");
        assertThat(classes).as("compile the connectors first").isDirectory();
        found.add(classes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  @Test
  void connectorsKnowThePluginInterfaceAndNotEachOther() {
    assertThat(CONNECTORS).isNotEmpty();
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "io.runnel.engine..",
                "io.runnel.delivery..",
                "io.runnel.route..",
                "io.runnel.buffer..",
                "io.runnel.instance..",
                "io.runnel.connector..",
                "io.runnel.daemon..",
                "io.runnel.manager..",
                "io.runnel.cli..",
                "io.runnel.testkit.."))
        .check(CONNECTORS);
    slices()
        .matching("io.runnel.connectors.(*)..")
        .should()
        .notDependOnEachOther()
        .check(CONNECTORS);
    classes().should().resideInAPackage("io.runnel.connectors..").check(CONNECTORS);
    fields().that().areStatic().should().beFinal().check(CONNECTORS);
    noClasses()
        .should()
        .dependOnClassesThat(resideInAPackage("java.lang.reflect.."))
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .check(CONNECTORS);
  }

  @Test
  void importsGoToLowerFloorsOnly() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.runnel..")
        .layer("cli")
        .definedBy("io.runnel.cli..")
        .layer("daemon")
        .definedBy("io.runnel.daemon..")
        .layer("manager")
        .definedBy("io.runnel.manager..")
        .layer("engine")
        .definedBy("io.runnel.engine..")
        .layer("instance")
        .definedBy("io.runnel.instance..")
        .layer("connector")
        .definedBy("io.runnel.connector..")
        .layer("delivery")
        .definedBy("io.runnel.delivery..")
        .layer("route")
        .definedBy("io.runnel.route..")
        .layer("plugins")
        .definedBy("io.runnel.plugins..")
        .layer("plugin")
        .definedBy("io.runnel.plugin")
        .layer("buffer")
        .definedBy("io.runnel.buffer..")
        .layer("net")
        .definedBy("io.runnel.net..")
        .layer("testkit")
        .definedBy("io.runnel.testkit..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("daemon")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("manager")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("engine")
        .mayOnlyBeAccessedByLayers("daemon", "cli") // cli: the reference of <system>
        .whereLayer("instance")
        .mayOnlyBeAccessedByLayers("daemon", "manager", "cli")
        .whereLayer("connector")
        .mayOnlyBeAccessedByLayers("daemon", "cli", "testkit")
        .whereLayer("delivery")
        .mayOnlyBeAccessedByLayers("engine", "cli") // cli: the reference of <buffer>
        .whereLayer("route")
        .mayOnlyBeAccessedByLayers("engine", "cli") // cli: --tag of `runnel buffer`
        .whereLayer("plugins")
        .mayOnlyBeAccessedByLayers("daemon", "manager", "cli")
        .whereLayer("testkit")
        .mayNotBeAccessedByAnyLayer()
        .check(CLASSES);
  }

  @Test
  void managerNeverReachesTheEngine() {
    noClasses()
        .that(resideInAPackage("io.runnel.manager.."))
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.runnel.engine..")
                .or(resideInAPackage("io.runnel.delivery.."))
                .or(resideInAPackage("io.runnel.buffer..")))
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.runnel.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void staticFieldsAreFinal() {
    fields().that().areStatic().should().beFinal().check(CLASSES);
  }

  @Test
  void onlyConfigUsesReflection() {
    noClasses()
        .that(
            resideInAPackage("io.runnel..")
                .and(
                    com.tngtech.archunit.base.DescribedPredicate.not(
                        resideInAPackage("io.runnel.config.."))))
        .should()
        .dependOnClassesThat(resideInAPackage("java.lang.reflect.."))
        .check(CLASSES);
  }

  @Test
  void onlyTheAppEndsTheProcess() {
    noClasses()
        .that(
            resideInAPackage("io.runnel..")
                .and(
                    com.tngtech.archunit.base.DescribedPredicate.not(
                        resideInAPackage("io.runnel.daemon..")
                            .or(resideInAPackage("io.runnel.cli..")))))
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(CLASSES);
  }
}
