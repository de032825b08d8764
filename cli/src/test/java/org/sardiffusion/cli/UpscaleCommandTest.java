package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.files.ImageFile;
import org.sardiffusion.geo.files.ImageFiles;
import org.sardiffusion.geo.files.ProvenanceReader;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.internal.terrasarx.ProductVariant;
import org.sardiffusion.geo.internal.terrasarx.Scene;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyReader;
import org.sardiffusion.geo.npy.NpyWriter;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.Picture;
import org.sardiffusion.geo.raster.Raster;

class UpscaleCommandTest {
  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void makeTheModel() throws IOException {
    model = Bundles.copy(Bundles.EPS, folder.resolve("model"));
    NpyWriter.write(folder.resolve("coarse.npy"), new NpyArray(new int[] {48, 40}, speckle()));
  }

  private static float[] speckle() {
    Random random = new Random(2);
    float[] samples = new float[48 * 40];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (200 * Math.sqrt(-2 * Math.log(1 - random.nextDouble())));
    }
    return samples;
  }

  private CommandRun run(String command, String input, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                command,
                folder.resolve(input).toString(),
                "--model",
                model.toString(),
                "--prompt",
                "A <SAR> image of a forest",
                "--steps",
                "3"));
    List<String> others = List.of(more);
    if (!others.contains("--strength")) {
      words.addAll(List.of("--strength", "0.7"));
    }
    if (!others.contains("--out")) {
      words.addAll(List.of("--out", folder.resolve("fine.tif").toString()));
    }
    words.addAll(others);
    return CommandRun.of(words);
  }

  @Test
  void aGroundImageKeepsItsPlaceAndSaysHowItWasMade() throws IOException {
    Path simulated = folder.resolve("simulated.tif");
    AffineGrid grid =
        new AffineGrid(
            new Affine(500_000, 0.8, 0, 5_400_000, 0, -0.8), Optional.of(Crs.epsg(32631)));
    ImageFiles.write(
        new ImageFile(
            simulated,
            grid,
            new Provenance("m", "0".repeat(64), "", 0, "s", "{}", java.util.Map.of()),
            WriteOptions.defaults()),
        new AmplitudeRaster(40, 48, speckle()));
    CommandRun run =
        run(
            "refine",
            "simulated.tif",
            "--window",
            "8,16,32,24",
            "--radiometry",
            "preserve",
            "--preview",
            folder.resolve("p.png").toString(),
            "--report",
            folder.resolve("r.html").toString(),
            "--json");
    assertEquals(0, run.status(), run.err());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals("refinement", json.at("/parameters/task").asText());
    assertEquals(8, json.at("/parameters/input/window/0").asInt());
    assertTrue(json.get("warnings").toString().contains("no ControlNet"), run.out());
    try (Raster fine = Rasters.open(folder.resolve("fine.tif"))) {
      assertEquals(64, fine.width());
      assertEquals(48, fine.height());
      assertEquals(0.4, fine.metadata().spacing().orElseThrow().columns(), 1e-9);
      Affine map = ((AffineGrid) fine.metadata().georeference()).map();
      assertEquals(500_000 + 8.5 * 0.8, map.x(0.5, 0.5), 1e-6);
      assertEquals(5_400_000 - 16.5 * 0.8, map.y(0.5, 0.5), 1e-6);
    }
    Provenance provenance = ProvenanceReader.read(folder.resolve("fine.tif"));
    assertEquals("YES", provenance.items().get("SYNTHETIC"));
    assertEquals("simulated.tif", provenance.extra().get("DERIVED_FROM"));
    assertTrue(provenance.recipe().contains("\"radiometry\":\"preserve\""));
    assertEquals(3 * 64 + 16, ImageIO.read(folder.resolve("p.png").toFile()).getWidth());
    String html = Files.readString(folder.resolve("r.html"));
    assertTrue(html.contains("Correlation of local means") && html.contains("<svg"));
  }

  @Test
  void theSpacingReachedIsWhatTheFileSays() {
    CommandRun run = run("upscale", "coarse.npy", "--spacing", "0.9,1.35", "--quiet");
    assertEquals(0, run.status(), run.err());
    try (Raster fine = Rasters.open(folder.resolve("fine.tif"))) {
      assertEquals(90, fine.width());
      assertEquals(162, fine.height());
    }
    assertEquals(
        "0.4", ProvenanceReader.read(folder.resolve("fine.tif")).extra().get("COLUMN_SPACING_M"));
  }

  @Test
  void mistakesAreSaidAndLeaveNothing() {
    record Case(String word, String[] options) {}
    for (Case each :
        List.of(
            new Case("(Options: --spacing.)", new String[] {}),
            new Case("not a spacing", new String[] {"--spacing", "0"}),
            new Case("in metres", new String[] {"--spacing", "1350"}),
            new Case(
                "reaches beyond", new String[] {"--spacing", "0.8", "--window", "20,20,40,40"}),
            new Case("not a window", new String[] {"--spacing", "0.8", "--window", "1,2,3"}),
            new Case("too small", new String[] {"--spacing", "0.8", "--window", "1,2,1,1"}),
            new Case(
                "with --orthorectify only",
                new String[] {"--spacing", "0.8", "--crs", "EPSG:4326"}),
            new Case("grid of places", new String[] {"--spacing", "0.8", "--orthorectify"}),
            new Case("not a spacing", new String[] {"--spacing", "-1"}),
            new Case("not a spacing", new String[] {"--spacing", "NaN"}),
            new Case("not a spacing", new String[] {"--spacing", "Infinity"}),
            new Case("in metres", new String[] {"--spacing", "1e-9"}),
            new Case("in metres", new String[] {"--spacing", "1e30"}),
            new Case("name it .npy", new String[] {"--spacing", "0.8", "--resampled", "x.tif"}),
            new Case("polarisations", new String[] {"--spacing", "0.8", "--polarisation", "HH"}),
            new Case("must be above 0", new String[] {"--spacing", "0.8", "--strength", "0"}),
            new Case("name it .tif", new String[] {"--spacing", "0.8", "--out", "x.png"}))) {
      CommandRun run = run("upscale", "coarse.npy", each.options);
      assertEquals(2, run.status(), run.err());
      assertTrue(run.err().contains(each.word), run.err());
      assertFalse(Files.exists(folder.resolve("fine.tif")));
    }
    CommandRun run = run("upscale", "missing.xml", "--spacing", "0.8");
    assertEquals(1, run.status(), run.err());
    assertFalse(run.err().contains("should not have"), run.err());
  }

  @Test
  void noOutputTakesThePlaceOfTheInputOrOfAnother() throws IOException {
    assertEquals(0, run("upscale", "coarse.npy", "--spacing", "0.9,1.35", "--quiet").status());
    Path in = folder.resolve("fine.tif");
    Path item = folder.resolve("fine.stac.json");
    byte[] before = Files.readAllBytes(in);
    byte[] itemBefore = Files.readAllBytes(item);
    for (List<String> outputs :
        List.of(
            List.of("--out", in.toString()),
            List.of("--out", folder.resolve("x.tif").toString(), "--preview", in.toString()),
            List.of("--out", folder.resolve("x.tif").toString(), "--report", in.toString()),
            List.of(
                "--out",
                folder.resolve("x.tif").toString(),
                "--preview",
                folder.resolve("x.stac.json").toString()))) {
      CommandRun run = run("refine", "fine.tif", outputs.toArray(String[]::new));
      assertEquals(2, run.status(), run.err());
      assertTrue(run.err().contains("Choose another"), run.err());
      assertArrayEquals(before, Files.readAllBytes(in));
      assertArrayEquals(itemBefore, Files.readAllBytes(item));
      assertFalse(Files.exists(folder.resolve("x.tif")));
    }
  }

  /** A product in, a map out, and the same map again from its recipe. */
  @Test
  void aProductComesToTheGroundAndAgain() throws IOException {
    Scene scene = Scene.of(ProductVariant.SSC);
    Path product =
        scene.writeComplex(
            folder.resolve("product"), Picture.whole(50, 61, 2, 30000), "EARLYAZNEARRG");
    Path resampled = folder.resolve("resampled.npy");
    CommandRun run =
        run(
            "upscale",
            "product/" + product.getFileName(),
            "--window",
            "8,10,24,20",
            "--orthorectify",
            "--polarisation",
            "HH",
            "--resampled",
            resampled.toString(),
            "--json");
    assertEquals(0, run.status(), run.err());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals("lanczos", json.at("/parameters/orthorectified/resampling").asText());
    assertTrue(json.at("/outputs/0/beside").toString().contains("fine.stac.json"), run.out());
    assertEquals(82, NpyReader.read(resampled).shape()[1]);
    try (Raster fine = Rasters.open(folder.resolve("fine.tif"))) {
      AffineGrid grid = (AffineGrid) fine.metadata().georeference();
      assertEquals(Optional.of(Crs.epsg(32631)), grid.crs());
      assertEquals(0.4, fine.metadata().spacing().orElseThrow().rows(), 1e-12);
    }

    String[] again = {
      "upscale",
      product.toString(),
      "--from",
      folder.resolve("fine.tif").toString(),
      "--model",
      model.toString(),
      "--out",
      folder.resolve("again.tif").toString()
    };
    run = CommandRun.of(again);
    assertEquals(0, run.status(), run.err());
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("fine.tif")),
        Files.readAllBytes(folder.resolve("again.tif")));

    String[] other = again.clone();
    other[1] = folder.resolve("coarse.npy").toString();
    other[7] = folder.resolve("never.tif").toString();
    assertRefused(CommandRun.of(other), "TerraSAR-X product");
    String[] changed = Arrays.copyOf(again, again.length + 2);
    changed[7] = folder.resolve("never.tif").toString();
    changed[8] = "--strength";
    changed[9] = "0.5";
    run = CommandRun.of(changed);
    assertEquals(0, run.status(), run.err());
    assertTrue(run.err().contains("fine.tif: strength."), run.err());
    Files.delete(folder.resolve("never.tif"));
    Files.delete(folder.resolve("never.stac.json"));
    Files.writeString(product, Files.readString(product) + "\n");
    again[7] = folder.resolve("never.tif").toString();
    run = CommandRun.of(again);
    assertEquals(1, run.status(), run.err());
    assertTrue(run.err().contains("is another file"), run.err());
    assertTrue(Files.notExists(folder.resolve("never.tif")));
  }

  private void assertRefused(CommandRun run, String word) {
    assertEquals(2, run.status(), run.err());
    assertTrue(run.err().contains(word), run.err());
    assertTrue(Files.notExists(folder.resolve("never.tif")));
  }

  /** Damaged products and empty images: a sentence, and no file. */
  @Test
  void badInputIsToldAndLeavesNothing() throws IOException {
    Path product =
        Scene.of(ProductVariant.SSC)
            .writeComplex(folder.resolve("product"), Picture.whole(50, 61, 2, 9), "EARLYAZNEARRG");
    String name = "product/" + product.getFileName();
    Path cosar = Scene.image(product.getParent(), "HH", "cos");
    byte[] sound = Files.readAllBytes(cosar);
    Files.write(cosar, Arrays.copyOf(sound, sound.length - 5));
    assertTold(run("upscale", name), 1, "cut short");
    byte[] lies = sound.clone();
    lies[8] = 0x7F;
    Files.write(cosar, lies);
    assertTold(run("upscale", name), 1, "contradicts itself");
    byte[] bursts = Arrays.copyOf(sound, 2 * sound.length);
    Files.write(cosar, bursts);
    assertTold(run("upscale", name), 1, "choose a StripMap or spotlight product");
    Files.write(cosar, sound);
    String annotation = Files.readString(product);
    Files.writeString(
        product,
        annotation.replace(
            "<level1Product",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><level1Product"));
    assertTold(run("upscale", name), 1, "not valid XML");
    Files.writeString(product, annotation.replace("1.364", "1e-300"));
    assertTold(run("upscale", name), 2, "in metres");
    float[] samples = new float[48 * 40];
    NpyWriter.write(folder.resolve("zero.npy"), new NpyArray(new int[] {48, 40}, samples));
    assertTold(run("upscale", "zero.npy", "--spacing", "0.8"), 2, "zero everywhere");
    Arrays.fill(samples, Float.NaN);
    NpyWriter.write(folder.resolve("nan.npy"), new NpyArray(new int[] {48, 40}, samples));
    assertTold(run("upscale", "nan.npy", "--spacing", "0.8"), 2, "no data");
    NpyWriter.write(folder.resolve("one.npy"), new NpyArray(new int[] {1, 1}, new float[] {1}));
    assertTold(run("upscale", "one.npy", "--spacing", "0.8"), 2, "too small");
  }

  private void assertTold(CommandRun run, int status, String word) throws IOException {
    assertEquals(status, run.status(), run.err());
    assertTrue(run.err().contains(word), run.err());
    assertFalse(run.err().contains("should not have"), run.err());
    assertFalse(Bundles.under(folder).stream().anyMatch(f -> f.contains("fine")), "left behind");
  }

  /** A wrong input is told before the model is loaded, which here can't be. */
  @Test
  void theInputIsCheckedBeforeTheModelIsLoaded() throws IOException {
    Files.write(model.resolve("unet/model.onnx"), new byte[] {1, 2, 3});
    CommandRun run = run("upscale", "coarse.npy", "--spacing", "1350");
    assertEquals(2, run.status(), run.err());
    assertTrue(run.err().contains("in metres"), run.err());
  }
}
