package org.sardiffusion.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rooms of the house stay apart: {@code docs/architecture.md} draws what is tested here. */
class HouseTest {
  private static final String HOUSE = "org.sardiffusion.";
  private static JavaClasses classes;

  @BeforeAll
  static void readTheHouse() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.sardiffusion");
  }

  @Test
  void nothingPointsBack() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("core")
        .definedBy(HOUSE + "core..")
        .layer("models")
        .definedBy(HOUSE + "models..")
        .layer("runtime")
        .definedBy(HOUSE + "runtime..")
        .layer("conditioning")
        .definedBy(HOUSE + "conditioning..")
        .layer("geo-io")
        .definedBy(HOUSE + "geo..")
        .layer("evaluation")
        .definedBy(HOUSE + "evaluation..")
        .layer("pipelines")
        .definedBy(HOUSE + "pipelines..")
        .layer("training-bridge")
        .definedBy(HOUSE + "training..")
        .layer("cli")
        .definedBy(HOUSE + "cli..")
        .whereLayer("core")
        .mayNotAccessAnyLayer()
        .whereLayer("models")
        .mayOnlyAccessLayers("core")
        .whereLayer("runtime")
        .mayOnlyAccessLayers("core")
        .whereLayer("conditioning")
        .mayOnlyAccessLayers("core")
        .whereLayer("geo-io")
        .mayOnlyAccessLayers("core")
        .whereLayer("evaluation")
        .mayOnlyAccessLayers("core", "runtime", "conditioning")
        .whereLayer("pipelines")
        .mayOnlyAccessLayers("core", "runtime", "conditioning", "geo-io", "evaluation")
        .whereLayer("training-bridge")
        .mayOnlyAccessLayers("core", "conditioning", "geo-io")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .check(classes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "core",
        "models",
        "runtime",
        "conditioning",
        "geo",
        "evaluation",
        "pipelines",
        "training"
      })
  void internalsAreUsedInTheirOwnRoomOnly(String room) {
    noClasses()
        .that()
        .resideOutsideOfPackage(HOUSE + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(HOUSE + room + "..internal..")
        .allowEmptyShould(true)
        .check(classes);
  }

  @Test
  void oneRoomTouchesEachForeignLibrary() {
    onlyIn("runtime", "ai.onnxruntime..");
    onlyIn("runtime", "ai.djl..");
    onlyIn("geo", "org.geotools..");
    onlyIn("cli", "picocli..");
  }

  private static void onlyIn(String room, String library) {
    noClasses()
        .that()
        .resideOutsideOfPackage(HOUSE + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(classes);
  }
}
