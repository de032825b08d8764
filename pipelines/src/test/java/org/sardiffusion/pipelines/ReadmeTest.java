package org.sardiffusion.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.pipelines.recipe.Generate;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;

/** The example of the README, as it stands there, compiles and makes its image. */
class ReadmeTest {
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Path BUNDLE = Path.of("../runtime/src/test/resources/bundles/eps-vae8");

  @TempDir private Path folder;

  @Test
  void theExampleMakesItsImage() throws Exception {
    Path source = Files.writeString(folder.resolve("Example.java"), program());
    String classPath = System.getProperty("java.class.path");
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classPath, "-d", folder.toString(), source.toString()));
    Path log = folder.resolve("log");
    ProcessBuilder example =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "Example",
                BUNDLE.toAbsolutePath().toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    // As an option it might be too long: ONNX Runtime bears command lines of less than 4096 bytes.
    example.environment().put("CLASSPATH", folder + File.pathSeparator + classPath);
    assertEquals(0, example.start().waitFor(), () -> read(log));
    Generate recipe = (Generate) RecordedRecipe.of(folder.resolve("forest.tif")).recipe();
    assertEquals("A <SAR> image of a dense forest", recipe.request().prompt().text());
    assertEquals(new Size(64, 64), recipe.request().size());
  }

  private static String program() throws IOException {
    Matcher example = EXAMPLE.matcher(Files.readString(Path.of("../README.md")));
    assertTrue(example.find(), "the README has an example in Java");
    List<String> imports =
        List.of(
            "java.nio.file.Path",
            "org.sardiffusion.pipelines.*",
            "org.sardiffusion.runtime.bundle.Bundle",
            "org.sardiffusion.runtime.diffusion.*");
    StringBuilder program = new StringBuilder();
    imports.forEach(name -> program.append("import ").append(name).append(";\n"));
    return program
        .append("class Example {\n  public static void main(String[] arguments) {\n")
        .append("    Path folder = Path.of(arguments[0]);\n")
        .append(example.group(1))
        .append("  }\n}\n")
        .toString();
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
