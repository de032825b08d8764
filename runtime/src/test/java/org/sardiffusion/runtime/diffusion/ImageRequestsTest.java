package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;

/** Requests with images: what is refused, what is kept, what alone and together have in common. */
class ImageRequestsTest {
  private static final Size SIZE = new Size(64, 64);

  @TempDir Path folder;

  private static InitImage init(Size size) {
    float[] amplitude = new float[size.width() * size.height()];
    for (int i = 0; i < amplitude.length; i++) {
      amplitude[i] = (i * 7919 % 256) / 256f;
    }
    return new InitImage(size, amplitude);
  }

  private static Init from(double strength) {
    return new Init.Image(init(SIZE), strength, Optional.empty());
  }

  private static Control control(int images, Size size) {
    float[] samples = init(size).amplitude();
    return new Control(
        java.util.Collections.nCopies(
            images, new Control.Signal(new ControlImage(size, samples), 1, 0, 1)),
        Control.Mode.BALANCED);
  }

  private static String refused(Bundle bundle, GenerationRequest request) {
    try (Model model = Model.open(bundle, ModelOptions.cpu(), notice -> {})) {
      return assertThrows(GenerationException.class, () -> Models.generate(model, request))
          .getMessage();
    }
  }

  @Test
  void whatTheModelLacksIsSaid() throws IOException {
    Bundle plain = Bundle.open(TestBundles.copy(TestBundles.folder("eps-vae8"), folder));
    String message = refused(plain, Models.request(64).with(control(1, SIZE)));
    assertTrue(message.contains("Export the model with a ControlNet"), message);
    Files.delete(folder.resolve("vae_encoder/model.onnx"));
    message = refused(plain, Models.request(64).with(from(0.5)));
    assertTrue(message.contains("vae_encoder"), message);
  }

  @Test
  void theNumberOfControlImagesMustFit() throws IOException {
    Bundle two = Bundle.open(TestBundles.controlled("v-zsnr-vae4", folder));
    Size size = new Size(48, 48);
    assertEquals(List.of("controlnet", "controlnet_1"), ControlNets.of(two));
    for (int images : new int[] {1, 3}) {
      String message = refused(two, Models.request(48).with(control(images, size)));
      assertTrue(message.contains("takes 2 control images"), message);
    }
  }

  @Test
  void sizesMustBeEqual() {
    Size other = new Size(64, 32);
    assertThrows(
        GenerationException.class,
        () -> Models.request(64).with(new Init.Image(init(other), 0.5, Optional.empty())));
    assertThrows(GenerationException.class, () -> Models.request(64).with(control(1, other)));
    Mask mask = new Mask(other, new float[64 * 32]);
    assertThrows(
        GenerationException.class, () -> new Init.Image(init(SIZE), 0.5, Optional.of(mask)));
  }

  @Test
  void valuesMustLieInTheirRanges() {
    for (double strength : new double[] {0, -0.1, 1.01, Double.NaN}) {
      assertThrows(GenerationException.class, () -> from(strength));
    }
    for (float value : new float[] {-0.01f, 1.01f, Float.POSITIVE_INFINITY, Float.NaN}) {
      float[] one = {value};
      Size pixel = new Size(1, 1);
      assertThrows(GenerationException.class, () -> new InitImage(pixel, one));
      assertThrows(GenerationException.class, () -> new Mask(pixel, one));
      assertThrows(GenerationException.class, () -> new ControlImage(pixel, one));
    }
    ControlImage image = new ControlImage(SIZE, new float[64 * 64]);
    for (double[] window : new double[][] {{0.5, 0.5}, {0.6, 0.5}, {-0.1, 1}, {0, 1.1}}) {
      assertThrows(
          GenerationException.class, () -> new Control.Signal(image, 1, window[0], window[1]));
    }
    assertThrows(GenerationException.class, () -> new Control.Signal(image, Double.NaN, 0, 1));
    assertThrows(GenerationException.class, () -> new Control(List.of(), Control.Mode.BALANCED));
    assertThrows(GenerationException.class, () -> new ControlImage(SIZE, new float[64 * 64 * 2]));
  }

  @Test
  void aStrengthOfLessThanOneStepIsRefused() {
    String message =
        refused(
            Bundle.open(TestBundles.folder("eps-vae8")),
            Models.request(64, Models.SAMPLING.withSteps(4)).with(from(0.24)));
    assertTrue(message.contains("less than one of 4 steps"), message);
  }

  @Test
  void everyImageOfABatchIsAsIfMadeAlone() {
    try (Model model = Models.open("eps-vae8", ModelOptions.Memory.AUTOMATIC)) {
      GenerationRequest many =
          Models.request(64, Models.SAMPLING.withCount(3).withSteps(5)).with(from(0.6));
      List<GeneratedImage> together = Models.generate(model, many, Execution.inBatchesOf(2));
      for (int k = 0; k < 3; k++) {
        float[] alone = Models.generate(model, many.forImage(k)).get(0).latents();
        assertArrayEquals(alone, together.get(k).latents(), 1e-3f);
      }
    }
  }

  @Test
  void guidanceInTwoCallsIsTheSameInGuessMode() throws IOException {
    Bundle bundle = Bundle.open(TestBundles.controlled("eps-vae8", folder));
    GenerationRequest request =
        Models.request(64).with(new Control(control(1, SIZE).signals(), Control.Mode.GUESS));
    float[][] latents = new float[2][];
    for (ModelOptions.Memory memory : ModelOptions.Memory.values()) {
      ModelOptions settings = ModelOptions.cpu().with(memory);
      try (Model model = Model.open(bundle, settings, notice -> {})) {
        latents[memory.ordinal()] = Models.generate(model, request).get(0).latents();
      }
    }
    assertArrayEquals(latents[0], latents[1], 1e-3f);
  }

  @Test
  void oneEngineMakesImagesWithAndWithoutControlInTurn() throws IOException {
    Bundle bundle = Bundle.open(TestBundles.controlled("eps-vae8", folder));
    GenerationRequest plain = Models.request(64);
    GenerationRequest controlled = plain.with(control(1, SIZE));
    try (Model model = Model.open(bundle, ModelOptions.cpu(), notice -> {})) {
      float[] first = Models.generate(model, plain).get(0).latents();
      float[] other = Models.generate(model, controlled).get(0).latents();
      float[] again = Models.generate(model, plain).get(0).latents();
      assertArrayEquals(first, again);
      assertFalse(Arrays.equals(first, other));
    }
  }

  /** Nodata is made anew together with every latent pixel that it touches, and nothing else is. */
  @Test
  void gapsAreMadeAnewAndTheRestIsKept() {
    float[] amplitude = init(SIZE).amplitude();
    int nodata = 21 * 64 + 35;
    amplitude[nodata] = Float.NaN;
    Init init = new Init.Image(new InitImage(SIZE, amplitude), 1, Optional.empty());
    Init masked = new Init.Image(init(SIZE), 1, Optional.of(new Mask(SIZE, new float[64 * 64])));
    try (Model model = Models.open("optimum", ModelOptions.Memory.AUTOMATIC)) {
      GeneratedImage filled = Models.generate(model, Models.request(64).with(init)).get(0);
      GeneratedImage kept = Models.generate(model, Models.request(64).with(masked)).get(0);
      for (int i = 0; i < amplitude.length; i++) {
        if (i == nodata) {
          assertTrue(filled.amplitude()[i] >= 0 && filled.amplitude()[i] <= 1);
        } else {
          assertEquals(amplitude[i], filled.amplitude()[i]);
        }
      }
      // The encoder sees the mean in the nodata, which shows around it, but the latents of other
      // seeds
      // differ in the one latent pixel only.
      GeneratedImage otherSeed =
          Models.generate(model, Models.request(64, Models.SAMPLING.withSeed(8)).with(init)).get(0);
      int differing = 0;
      for (int i = 0; i < filled.latents().length; i++) {
        differing += filled.latents()[i] != otherSeed.latents()[i] ? 1 : 0;
      }
      assertEquals(4, differing);
      assertArrayEquals(init(SIZE).amplitude(), kept.amplitude());
    }
  }
}
