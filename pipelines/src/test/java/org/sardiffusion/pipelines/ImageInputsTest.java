package org.sardiffusion.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.geo.files.ProvenanceReader;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyReader;
import org.sardiffusion.geo.npy.NpyWriter;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.recipe.Generate;
import org.sardiffusion.pipelines.recipe.RecipeException;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;
import org.sardiffusion.runtime.diffusion.Control;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.Execution;
import org.sardiffusion.runtime.diffusion.GenerationException;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;

class ImageInputsTest {
  private static Model model;
  private static TextToImage pipeline;

  @TempDir static Path models;
  @TempDir Path folder;

  @BeforeAll
  static void open() throws IOException {
    model = Model.open(ControlledBundle.in(models.resolve("m")), ModelOptions.cpu(), notice -> {});
    pipeline = new TextToImage(model);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private Path image(String name, int width, float value) {
    float[] values = new float[width * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = value * (i % 7) / 7;
    }
    Path file = folder.resolve(name);
    NpyWriter.write(file, new NpyArray(new int[] {width, width}, values));
    return file;
  }

  private ImageInputs imageInputs(Path start, Path control) {
    return new ImageInputs(
        Optional.of(new ImageInputs.Start(InputFile.of(start), 0.6, Optional.empty())),
        Optional.of(
            new ImageInputs.ControlInput(
                List.of(new ImageInputs.Scaled(InputFile.of(control), 0.8)),
                0,
                1,
                Control.Mode.BALANCED)));
  }

  private Outcome run(GenerationRequest request, ImageInputs inputs, String name) {
    ImageOutput output =
        new ImageOutput(
            folder.resolve(name),
            AffineGrid.unreferenced(0.4),
            WriteOptions.defaults(),
            Optional.empty());
    try (Cancellation cancellation = new Cancellation()) {
      return pipeline.run(
          new TextToImage.Task(request, inputs, Execution.ONE_BY_ONE),
          output,
          DiffusionListener.NONE,
          cancellation);
    }
  }

  private static GenerationRequest request() {
    return GenerationRequest.of(
        "A <SAR> image of a forest", new Size(64, 64), Sampling.DIFFUSERS.withSeed(7).withSteps(5));
  }

  @Test
  void replaysFromTheFilesThatTheRecipeNames() throws IOException {
    ImageInputs inputs = imageInputs(image("init.npy", 64, 0.9f), image("control.npy", 64, 0.5f));
    run(request(), inputs, "first.npy");
    Generate recipe =
        (Generate)
            RecordedRecipe.fromJson(ProvenanceReader.read(folder.resolve("first.npy")).recipe())
                .recipe();
    assertEquals(inputs, recipe.inputs());
    run(recipe.request(), recipe.inputs().foundFor(folder.resolve("first.npy")), "second.npy");
    float[] first = NpyReader.read(folder.resolve("first.npy")).values();
    assertArrayEquals(first, NpyReader.read(folder.resolve("second.npy")).values());

    // Each of the images matters.
    run(
        request(),
        imageInputs(image("i2.npy", 64, 0.3f), folder.resolve("control.npy")),
        "third.npy");
    run(request(), imageInputs(folder.resolve("init.npy"), image("c2.npy", 64, 1f)), "fourth.npy");
    for (String other : List.of("third.npy", "fourth.npy")) {
      float[] values = NpyReader.read(folder.resolve(other)).values();
      assertTrue(distance(first, values) > 1e-6, other);
    }
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]) / a.length;
    }
    return sum;
  }

  @Test
  void filesAreLookedForBesideTheImageToo() throws IOException {
    Path init = image("init.npy", 64, 0.9f);
    InputFile before = InputFile.of(init);
    Path moved = Files.createDirectories(folder.resolve("moved")).resolve("init.npy");
    Files.move(init, moved);
    assertEquals(moved.toAbsolutePath(), before.foundFor(folder.resolve("moved/made.tif")).path());
  }

  @Test
  void filesThatAreGoneOrChangedAreTold() {
    Path init = image("init.npy", 64, 0.9f);
    InputFile before = InputFile.of(init);
    image("init.npy", 64, 0.8f);
    Path made = folder.resolve("made.tif");
    String changed = assertThrows(RecipeException.class, () -> before.foundFor(made)).getMessage();
    assertTrue(changed.contains("has changed since"), changed);
    assertTrue(init.toFile().delete());
    String gone = assertThrows(RecipeException.class, () -> before.foundFor(made)).getMessage();
    assertTrue(gone.contains("not there any more"), gone);
  }

  @Test
  void imagesThatDoNotFitAreRefused() {
    Path small = image("small.npy", 32, 0.9f);
    Path right = image("right.npy", 64, 0.9f);
    Path bright = image("bright.npy", 64, 9f);
    for (ImageInputs inputs :
        List.of(imageInputs(small, right), imageInputs(right, small), imageInputs(bright, right))) {
      assertThrows(GenerationException.class, () -> run(request(), inputs, "never.npy"));
    }
    assertTrue(Files.notExists(folder.resolve("never.npy")));
  }

  @Test
  void inpaintingKeepsEveryPixelThatItWasGiven() {
    float[] values = NpyReader.read(image("init.npy", 64, 0.9f)).values();
    for (int i = 0; i < values.length; i++) {
      boolean nodata = i / 64 > 20 && i / 64 < 30 && i % 64 > 11 && i % 64 < 50;
      values[i] = nodata ? Float.NaN : values[i];
    }
    Path partial = folder.resolve("nodata.npy");
    NpyWriter.write(partial, new NpyArray(new int[] {64, 64}, values));
    ImageInputs inputs =
        new ImageInputs(
            Optional.of(new ImageInputs.Start(InputFile.of(partial), 1, Optional.empty())),
            Optional.empty());
    run(request(), inputs, "filled.npy");
    float[] filled = NpyReader.read(folder.resolve("filled.npy")).values();
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i])) {
        assertTrue(filled[i] >= 0 && filled[i] <= 1);
      } else {
        assertEquals(values[i], filled[i]);
      }
    }
  }
}
