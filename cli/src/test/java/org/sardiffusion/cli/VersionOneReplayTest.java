package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.raster.Raster;

/**
 * Images that carry recipes of version 1, made by an earlier command ({@code
 * src/test/resources/version1/make.sh}), come out again with the same pixels.
 */
class VersionOneReplayTest {
  private static final Path MADE = Path.of("src/test/resources/version1");
  private static final Path CONTROL = Path.of("../runtime/src/test/resources/control/eps-vae8");

  /** Processors with other vector units round otherwise. */
  private static final float ROUNDING = 1e-4f;

  @TempDir private Path folder;

  @BeforeEach
  void copyTheImages() throws IOException {
    for (String file :
        List.of("init.npy", "mask.npy", "control.npy", "simulated.npy", "inpainted.json")) {
      Files.copy(MADE.resolve(file), folder.resolve(file));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"noise.tif", "many_12.png", "init-image.png", "inpainted.npy", "batch.png"})
  void generate(String image) throws IOException {
    replay(image, List.of("generate"), Bundles.EPS);
  }

  @Test
  void generateUnderControl() throws IOException {
    replay("controlled.png", List.of("generate"), controlled());
  }

  @Test
  void refine() throws IOException {
    replay("refined.tif", List.of("refine", input()), Bundles.EPS);
  }

  @Test
  void upscale() throws IOException {
    replay("upscaled.tif", List.of("upscale", input()), controlled());
  }

  private String input() {
    return folder.resolve("simulated.npy").toString();
  }

  private void replay(String image, List<String> command, Path model) throws IOException {
    Path made = folder.resolve(image);
    Files.copy(MADE.resolve(image), made);
    Path again = folder.resolve("again-" + image);
    List<String> arguments = new ArrayList<>(command);
    arguments.addAll(
        List.of("--from", made.toString(), "--model", model.toString(), "--out", again.toString()));
    CommandRun run = CommandRun.of(arguments);
    assertEquals(0, run.status(), run.err());
    float[] expected = pixels(made);
    float tolerance = image.endsWith(".png") ? 1 / 255f + ROUNDING : ROUNDING;
    assertTrue(expected.length >= 48 * 36);
    assertArrayEquals(expected, pixels(again), tolerance);
  }

  private static float[] pixels(Path file) {
    try (Raster raster = Rasters.open(file)) {
      float[] pixels = new float[raster.width() * raster.height()];
      raster.readRows(0, raster.height(), pixels);
      return pixels;
    }
  }

  private Path controlled() throws IOException {
    Path model = Bundles.copy(Bundles.EPS, folder.resolve("model"));
    for (String name :
        List.of(
            "unet/model_controlnet.onnx", "unet/model_controlnet.onnx_data", "sar_config.json")) {
      try (InputStream in =
          new GZIPInputStream(Files.newInputStream(CONTROL.resolve(name + ".gz")))) {
        Files.copy(in, model.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return model;
  }
}
