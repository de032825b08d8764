package org.sardiffusion.training.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.npy.NpyReader;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.training.internal.dataset.Json;
import org.sardiffusion.training.internal.dataset.PerceptualHash;

/** The whole chain against NumPy and SciPy: src/test/python/dataset_goldens.py. */
class DatasetChainTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATCH = 24;

  @TempDir Path folder;

  private Path resource(String name) throws Exception {
    Path file = folder.resolve(name);
    try (InputStream in = DatasetChainTest.class.getResourceAsStream(name)) {
      Files.copy(in, file);
    }
    return file;
  }

  private DatasetRequest request(Path input, Path out) throws Exception {
    Path captions = folder.resolve("captions.jsonl");
    Files.writeString(
        captions,
        """
        {"file_name": "chain_in.npy", "caption": "Two fields near a river", "scene": "s", \
        "inserted_vehicles": [[10, 20, 40, 52]]}
        """);
    return DatasetRequest.standard(List.of(input), out, CaptionBook.read(captions))
        .with(
            new Preparation(Optional.of(new Spacing(0.2, 0.25)), 0.4, 2.5, OptionalDouble.empty()))
        .with(new PatchGrid(PATCH, PATCH, 16, 16))
        .with(new QualityLimits(0, 1, 1, 0, -1));
  }

  @ParameterizedTest
  @EnumSource(
      value = SampleType.class,
      names = {"UINT8", "UINT16"})
  void patchesEqualThoseOfScipy(SampleType type) throws Exception {
    Path input = resource("chain_in.npy");
    float[] expected = NpyReader.read(resource("chain_patches.npy")).values();
    JsonNode golden = JSON.readTree(resource("chain.json").toFile());
    Path out = folder.resolve("set");
    DatasetBuild.run(request(input, out).with(type), Progress.NONE, new Cancellation());

    List<String> lines = Files.readAllLines(out.resolve("train/metadata.jsonl"));
    assertEquals(golden.path("corners").size(), lines.size());
    double worst = 0;
    for (int n = 0; n < lines.size(); n++) {
      JsonNode line = JSON.readTree(lines.get(n));
      assertEquals(golden.path("corners").get(n).get(0), line.path("row"));
      assertEquals(golden.path("corners").get(n).get(1), line.path("column"));
      assertEquals(
          golden.path("divisor").asDouble(),
          line.path("divisor").asDouble(),
          1e-6 * golden.path("divisor").asDouble());
      int[] pixels = Scenes.pixels(out.resolve("train").resolve(line.path("file_name").asText()));
      for (int i = 0; i < pixels.length; i++) {
        double wanted = (double) expected[n * pixels.length + i] * type.maximum();
        worst = Math.max(worst, Math.abs(wanted - pixels[i]));
      }
    }
    // Half a step of rounding, and 1e-6 of the whole range.
    assertTrue(worst <= 0.5 + 1e-6 * type.maximum(), "steps: " + worst);
  }

  @Test
  void measuresEqualThoseOfScipy() throws Exception {
    float[] patches = NpyReader.read(resource("chain_patches.npy")).values();
    JsonNode golden = JSON.readTree(resource("chain.json").toFile());
    for (int n = 0; n < golden.path("hash").size(); n++) {
      float[] samples = new float[PATCH * PATCH];
      System.arraycopy(patches, n * samples.length, samples, 0, samples.length);
      AmplitudeRaster patch = new AmplitudeRaster(PATCH, PATCH, samples);
      assertEquals(
          golden.path("sharpness").get(n).asDouble(), PatchMeasures.of(patch).sharpness(), 1e-6);
      assertEquals(golden.path("hash").get(n).asText(), PerceptualHash.of(patch).toString());
    }
  }

  @Test
  void metadataSayAllThatATrainerNeeds() throws Exception {
    Path out = folder.resolve("set");
    DatasetBuild.run(request(resource("chain_in.npy"), out), Progress.NONE, new Cancellation());
    JsonNode first = JSON.readTree(Files.readAllLines(out.resolve("train/metadata.jsonl")).get(0));
    assertEquals("images/chain_in_r0_c0.png", first.path("file_name").asText());
    assertEquals("Two fields near a river", first.path("text").asText());
    assertEquals("[\"field\",\"river\"]", first.path("labels").toString());
    assertEquals("field", first.path("label").asText());
    assertEquals("chain_in.npy", first.path("source").asText());
    assertEquals("s", first.path("scene").asText());
    assertEquals(0.4, first.path("spacing").asDouble());
    // Columns by 1/2, rows by 5/8: [5, 12.5, 20, 32.5], widened to whole pixels, cut by the patch.
    assertEquals("[[5,12,20,24]]", first.path("mask").toString());
  }

  @Test
  void theManifestHoldsSettingsCountsAndAHashThatCanBeChecked() throws Exception {
    Path out = folder.resolve("set");
    DatasetManifest manifest =
        DatasetBuild.run(request(resource("chain_in.npy"), out), Progress.NONE, new Cancellation());
    // Records with arrays have no equality: compare what they are written as.
    assertEquals(Json.line(manifest), Json.line(DatasetManifest.read(out)));
    assertEquals(8, manifest.splits().get("train").images());
    assertEquals(8, manifest.splits().get("train").categories().get("field"));
    assertEquals(2.5, manifest.settings().path("calibration").asDouble());
    assertTrue(manifest.sources().get(0).complex());
    StringBuilder sums = new StringBuilder();
    for (String name : Scenes.tree(out)) {
      if (name.startsWith("train/")) {
        sums.append(Sha256.hex(out.resolve(name))).append("  ").append(name).append('\n');
      }
    }
    assertEquals(Sha256.hex(sums.toString().getBytes()), manifest.dataSha256());
    assertTrue(Files.readString(out.resolve("categories.svg")).contains(">field</text>"));
  }
}
