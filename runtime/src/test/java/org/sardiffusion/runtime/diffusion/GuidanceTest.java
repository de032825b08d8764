package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuidanceTest {
  private static final float[] AWAY = {0.1f, -0.4f, 0.8f, 1.5f, -2f, 0.25f, 0f, 3f};
  private static final float[] TOWARDS = {0.3f, -0.5f, 1.1f, 1.0f, -1f, 0.5f, 0.125f, 2f};

  private static final float[] RESCALED_07 = {
    0.68507713f,
    -0.56051755f,
    1.4324338f,
    -0.6227973f,
    2.140458f,
    1.070229f,
    0.44592875f,
    -1.426972f
  };
  private static final float[] RESCALED_1 = {
    0.50725305f,
    -0.41502517f,
    1.0606198f,
    -0.46113908f,
    1.7720833f,
    0.88604164f,
    0.36918402f,
    -1.1813889f
  };
  private static final float[] EMBEDDED = {
    -0.85123587f,
    0.5626711f,
    -0.43523303f,
    0.6816387f,
    -0.52478325f,
    -0.82668084f,
    -0.90031785f,
    0.7316889f
  };

  @Test
  void goesBeyondThePrompt() {
    // u + 5 * (t - u) in numpy's float32.
    assertArrayEquals(
        new float[] {1.1f, -0.9f, 2.3f, -1f, 3f, 1.5f, 0.625f, -2f},
        applied(Guidance.of(5)),
        1e-6f);
  }

  /**
   * numpy, image by image (two of four values): {@code g = u + 5 * (t - u); g * (r * t.std(ddof=1)
   * / g.std(ddof=1) + 1 - r)}, which is {@code rescale_noise_cfg} of diffusers.
   */
  @Test
  void rescalesEveryImageByItself() {
    assertArrayEquals(RESCALED_07, applied(new Guidance(5, 0.7, 0, 1)), 1e-6f);
    assertArrayEquals(RESCALED_1, applied(new Guidance(5, 1, 0, 1)), 1e-6f);
  }

  @Test
  void anIntervalHasItsEnds() {
    Guidance guidance = new Guidance(5, 0, 0.25, 0.75);
    boolean[] guided = new boolean[8];
    for (int i = 0; i < guided.length; i++) {
      guided[i] = guidance.activeAt(i, guided.length);
    }
    assertArrayEquals(new boolean[] {false, false, true, true, true, true, false, false}, guided);
    assertTrue(Guidance.of(5).activeAt(0, 1));
    assertFalse(new Guidance(5, 0, 0.5, 0.5).activeAt(1, 2));
    assertFalse(Guidance.of(1).activeAt(0, 1));
    assertFalse(Guidance.of(-3).active());
  }

  @Test
  void anIntervalLeavesTheOtherStepsUnguided() {
    try (Model model = Models.open("eps-vae8", ModelOptions.Memory.AUTOMATIC)) {
      float[] never = latents(model, new Guidance(5, 0, 1, 1));
      float[] none = latents(model, Guidance.of(1));
      float[] late = latents(model, new Guidance(5, 0, 0.5, 1));
      float[] all = latents(model, Guidance.of(5));
      // Batches of one and of two differ in rounding.
      assertArrayEquals(none, never, 1e-5f);
      assertTrue(distance(late, none) > 0.01 && distance(late, all) > 0.01);
    }
  }

  private static float[] latents(Model model, Guidance guidance) {
    return Models.generate(model, Models.request(64, Models.SAMPLING.with(guidance)))
        .get(0)
        .latents();
  }

  private static double distance(float[] a, float[] b) {
    double worst = 0;
    for (int i = 0; i < a.length; i++) {
      worst = Math.max(worst, Math.abs(a[i] - b[i]));
    }
    return worst;
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 0, 0, 1", "Infinity, 0, 0, 1", "5, -0.1, 0, 1", "5, 1.1, 0, 1", "5, NaN, 0, 1",
    "5, 0, -0.1, 1", "5, 0, 0.6, 0.5", "5, 0, 0, 1.1", "5, 0, NaN, 1", "5, 0, 0, NaN"
  })
  void refusesWhatIsNoGuidance(double scale, double rescale, double start, double end) {
    String message =
        assertThrows(GenerationException.class, () -> new Guidance(scale, rescale, start, end))
            .getMessage();
    assertTrue(message.startsWith("The guidance"), message);
  }

  @Test
  void embedsTheScaleForDistilledModels() {
    // diffusers.StableDiffusionXLPipeline.get_guidance_scale_embedding(torch.tensor([7.5]), 8)
    float[] embedding = GuidanceEmbedding.of(8.5, 8);
    assertEquals(8, embedding.length);
    assertArrayEquals(EMBEDDED, embedding, 2e-3f);
  }

  private static float[] applied(Guidance guidance) {
    float[] prediction = TOWARDS.clone();
    guidance.apply(AWAY, prediction, 4);
    return prediction;
  }
}
