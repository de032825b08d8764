package org.sardiffusion.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

  /**
   * What a Java user may build on. A package that is new in here is a promise: think twice, and
   * name it {@code internal} if only its own room needs it.
   */
  @Test
  void thePublicPackagesAreThese() {
    assertEquals(
        new TreeSet<>(
            Set.of(
                "conditioning",
                "conditioning.amplitude",
                "conditioning.fourier",
                "conditioning.speckle",
                "conditioning.spectrum",
                "core",
                "core.io",
                "core.raster",
                "core.run",
                "core.text",
                "evaluation",
                "evaluation.amplitude",
                "evaluation.augmentation",
                "evaluation.plot",
                "evaluation.report",
                "evaluation.segmentation",
                "evaluation.semantics",
                "evaluation.suite",
                "evaluation.texture",
                "evaluation.twosample",
                "geo",
                "geo.coverage",
                "geo.files",
                "geo.npy",
                "geo.ortho",
                "geo.place",
                "geo.provenance",
                "geo.raster",
                "geo.table",
                "geo.table.parquet",
                "models",
                "pipelines",
                "pipelines.batch",
                "pipelines.evaluation",
                "pipelines.list",
                "pipelines.plan",
                "pipelines.recipe",
                "pipelines.refinement",
                "pipelines.scene",
                "runtime.bundle",
                "runtime.diffusion",
                "runtime.parameter",
                "runtime.scene",
                "runtime.schedule",
                "runtime.session",
                "runtime.text",
                "runtime.tiling",
                "runtime.weights",
                "runtime.weights.adapters",
                "training",
                "training.configuration",
                "training.dataset",
                "training.run")),
        classes.stream()
            .filter(
                type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
            .map(JavaClass::getPackageName)
            .filter(name -> !name.contains(".internal") && !name.startsWith(HOUSE + "cli"))
            .map(name -> name.substring(HOUSE.length()))
            .collect(Collectors.toCollection(TreeSet::new)));
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

  /** A Java user has parameters, not options: only the command words them as such. */
  @Test
  void noMessageOfALibraryNamesAnOption() throws IOException {
    Pattern option = Pattern.compile("\"([^\"]*\\s|)--[a-z][a-z-]+[ .,:)][^\"]*\"");
    try (Stream<Path> rooms = Files.list(Path.of(".."))) {
      List<String> found =
          rooms
              .filter(room -> !List.of("cli", "benchmarks").contains(room.getFileName().toString()))
              .map(room -> room.resolve("src/main/java"))
              .filter(Files::isDirectory)
              .flatMap(HouseTest::javaFiles)
              .flatMap(file -> lines(file).filter(line -> option.matcher(line).find()))
              .toList();
      assertEquals(List.of(), found);
    }
  }

  private static Stream<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .map(line -> file.getFileName() + ": " + line.strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
