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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.geo.files.ProvenanceReader;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyReader;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.recipe.Generate;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.Execution;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;

class TextToImageTest {
  private static Model model;
  private static TextToImage pipeline;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    model =
        Model.open(
            Bundle.open(Path.of("../runtime/src/test/resources/bundles/eps-vae8")),
            ModelOptions.cpu(),
            notice -> {});
    pipeline = new TextToImage(model);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void everyFormatHoldsTheRecipe() {
    for (String name : List.of("forest.tif", "forest.png", "forest.npy")) {
      Outcome outcome = run(request(), output(name));
      assertEquals(1, outcome.outputs().size());
      List<Path> files = outcome.outputs().get(0).files();
      assertEquals(folder.resolve(name), files.get(0));
      files.forEach(file -> assertTrue(Files.isRegularFile(file), file.toString()));
      assertEquals(outcome.recipe().toJson(), ProvenanceReader.read(files.get(0)).recipe());
      assertEquals(64, ProvenanceReader.read(files.get(0)).modelSha256().length());
    }
  }

  @Test
  void recipesReplayToTheSameBytes() throws IOException {
    run(images(2), output("forest.tif"));
    Path second = folder.resolve("forest_8.tif");
    Generate recipe = (Generate) RecordedRecipe.of(second).recipe();
    assertEquals(8, recipe.request().sampling().seed());
    assertEquals(1, recipe.request().sampling().count());
    run(recipe.request(), output("again.tif"));
    assertEquals(-1, Files.mismatch(second, folder.resolve("again.tif")));
  }

  @Test
  void manyImagesAreNamedByTheirSeeds() throws IOException {
    Outcome outcome = run(images(3), output("a.b.tif"));
    assertEquals(
        List.of(
            "a.b_7.stac.json",
            "a.b_7.tif",
            "a.b_8.stac.json",
            "a.b_8.tif",
            "a.b_9.stac.json",
            "a.b_9.tif"),
        names());
    assertEquals(
        output("a.b.tif").files(images(3)),
        outcome.outputs().stream().map(made -> made.files().get(0)).toList());
  }

  @Test
  void stacksAndLatentsHoldAllImages() throws IOException {
    ImageOutput output =
        new ImageOutput(
            folder.resolve("stack.npy"),
            AffineGrid.unreferenced(0.4),
            WriteOptions.defaults(),
            Optional.of(folder.resolve("latents.npy")));
    try (Cancellation cancellation = new Cancellation()) {
      pipeline.run(
          new TextToImage.Task(images(3), ImageInputs.NONE, Execution.inBatchesOf(2)),
          output,
          DiffusionListener.NONE,
          cancellation);
    }
    assertEquals(List.of("latents.npy", "stack.json", "stack.npy"), names());
    NpyArray stack = NpyReader.read(folder.resolve("stack.npy"));
    NpyArray latents = NpyReader.read(folder.resolve("latents.npy"));
    assertArrayEquals(new int[] {3, 64, 96}, stack.shape());
    assertArrayEquals(new int[] {3, 4, 8, 12}, latents.shape());
    run(request().with(request().sampling().withSeed(9)), output("one.npy"));
    NpyArray last = NpyReader.read(folder.resolve("one.npy"));
    for (int i = 0; i < 64 * 96; i++) {
      assertEquals(last.values()[i], stack.values()[2 * 64 * 96 + i], 1e-5);
    }
  }

  @Test
  void whatCannotBeWrittenIsFoundBeforeTheWork() throws IOException {
    Files.createFile(folder.resolve("file"));
    DiffusionListener deaf =
        new DiffusionListener() {
          @Override
          public void step(Step step) {
            throw new AssertionError("worked in vain");
          }
        };
    for (String name : List.of("file/forest.tif", "forest.jpg", "forest")) {
      try (Cancellation cancellation = new Cancellation()) {
        assertThrows(
            SarDiffusionException.class,
            () -> pipeline.run(request(), output(name), deaf, cancellation));
      }
    }
    assertEquals(List.of("file"), names());
  }

  @Test
  void aWriteThatFailsLeavesNothing() throws IOException {
    // The folder turns into a file while the image is made.
    Path place = folder.resolve("place");
    Files.createDirectory(place);
    DiffusionListener saboteur =
        new DiffusionListener() {
          @Override
          public void step(Step step) {
            try {
              if (Files.isDirectory(place)) {
                Files.delete(place);
                Files.createFile(place);
              }
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    for (String name : List.of("place/forest.tif", "place/forest.npy", "place/forest.png")) {
      Files.deleteIfExists(place);
      Files.createDirectory(place);
      try (Cancellation cancellation = new Cancellation()) {
        assertThrows(
            SarDiffusionException.class,
            () -> pipeline.run(request(), output(name), saboteur, cancellation));
      }
      assertEquals(List.of("place"), names());
    }
  }

  @Test
  void cancellingLeavesCompleteImagesOnly() throws IOException {
    try (Cancellation cancellation = new Cancellation()) {
      DiffusionListener listener =
          new DiffusionListener() {
            @Override
            public void step(Step step) {
              if (step.firstImage() == 1) {
                cancellation.cancel();
              }
            }
          };
      assertThrows(
          CancelledException.class,
          () -> pipeline.run(images(3), output("forest.tif"), listener, cancellation));
    }
    assertEquals(List.of("forest_7.stac.json", "forest_7.tif"), names());
  }

  private static GenerationRequest request() {
    return GenerationRequest.of(
        "A <SAR> image of a forest", new Size(96, 64), Sampling.DIFFUSERS.withSeed(7).withSteps(3));
  }

  private ImageOutput output(String name) {
    return new ImageOutput(
        folder.resolve(name),
        AffineGrid.unreferenced(0.4),
        WriteOptions.defaults(),
        Optional.empty());
  }

  private static GenerationRequest images(int count) {
    return request().with(request().sampling().withCount(count));
  }

  private static Outcome run(GenerationRequest request, ImageOutput output) {
    try (Cancellation cancellation = new Cancellation()) {
      return pipeline.run(request, output, DiffusionListener.NONE, cancellation);
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
