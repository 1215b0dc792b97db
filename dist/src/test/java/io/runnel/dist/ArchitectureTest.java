package io.runnel.dist;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The floors of the architecture (docs/decisions/0001-layout.md): an import goes down only. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.runnel");

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
