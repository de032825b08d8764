package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.schedule.SamplerName;

/** How images are made changes speed and memory, not the images. */
class ModelTest {
  private static Model model;

  @BeforeAll
  static void open() {
    model = Models.open("eps-vae8", ModelOptions.Memory.AUTOMATIC);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void twoCallsMakeTheImagesOfOneCall() {
    GenerationRequest request =
        Models.request(64, Models.SAMPLING.with(new Guidance(5, 0.7, 0, 1)));
    try (Model frugal = Models.open("eps-vae8", ModelOptions.Memory.LOW)) {
      assertSame(Models.generate(model, request), Models.generate(frugal, request));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"euler", "euler_a", "dpmpp_2m_sde", "ddpm"})
  void batchesMakeTheImagesThatAreMadeAlone(String sampler) {
    GenerationRequest request =
        Models.request(64, Models.SAMPLING.withCount(3).withSampler(SamplerName.parse(sampler)));
    List<GeneratedImage> single = Models.generate(model, request);
    assertSame(single, Models.generate(model, request, Execution.inBatchesOf(3)));
    assertSame(single, Models.generate(model, request, Execution.inBatchesOf(2)));
    assertSame(single, Models.generate(model, request, Execution.inBatchesOf(1000)));
    List<GeneratedImage> alone = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      alone.addAll(Models.generate(model, request.forImage(k)));
    }
    for (int k = 0; k < 3; k++) {
      assertEquals(7 + k, single.get(k).seed());
      assertEquals(k, single.get(k).index());
      assertEquals(single.get(k).seed(), alone.get(k).seed());
      assertArrayEquals(single.get(k).latents(), alone.get(k).latents(), 1e-5f);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"euler", "dpmpp_2m_sde"})
  void requestsOfSeveralPromptsMakeTogetherWhatTheyMakeAlone(String name) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      Sampling sampling =
          Sampling.DIFFUSERS
              .withSeed(100L * k)
              .withSteps(3)
              .with(Sampling.CLIP_SKIP, k % 2)
              .with(
                  new MicroConditioning(
                      Optional.empty(),
                      8 * k,
                      0,
                      Optional.empty(),
                      MicroConditioning.AESTHETIC_SCORE))
              .withSampler(SamplerName.parse(name));
      requests.add(
          GenerationRequest.of(
              "prompt number " + k,
              new Size(64, 64),
              k == 1 ? sampling.with(Sampling.NEGATIVE_PROMPT, "noise") : sampling));
    }
    try (Cancellation cancellation = new Cancellation()) {
      List<DenoisedImage> together =
          model.denoiseBatch(requests, DiffusionListener.NONE, cancellation);
      for (int k = 0; k < 3; k++) {
        GeneratedImage alone = Models.generate(model, requests.get(k)).get(0);
        GeneratedImage image = model.decode(together.get(k), cancellation);
        assertEquals(100L * k, image.seed());
        assertArrayEquals(alone.latents(), image.latents(), 1e-5f);
        assertArrayEquals(alone.amplitude(), image.amplitude(), 1e-5f);
      }
      List<GenerationRequest> unequal =
          List.of(requests.get(0), Models.request(64, Models.SAMPLING.withSteps(2)));
      assertThrows(
          GenerationException.class,
          () -> model.denoiseBatch(unequal, DiffusionListener.NONE, cancellation));
    }
  }

  @Test
  void theListenerHearsEverythingInOrder() {
    List<String> heard = new ArrayList<>();
    DiffusionListener listener =
        new DiffusionListener() {
          @Override
          public void note(String message) {
            heard.add(message.startsWith("Negative prompt: ") ? "warning away" : "warning");
          }

          @Override
          public void step(Step step) {
            heard.add("step %d/%d of %d".formatted(step.index(), step.count(), step.firstImage()));
            assertEquals(Math.min(2, 3 - step.firstImage()) * 4 * 8 * 12, step.latents().length);
            assertTrue(step.timestep() >= 0 && step.timestep() < 1000);
          }

          @Override
          public void image(GeneratedImage image) {
            heard.add("image " + image.index() + " seed " + image.seed());
            assertEquals(64 * 96, image.amplitude().length);
            assertEquals(4 * 8 * 12, image.latents().length);
            assertEquals(1, image.latentShape().batch());
            for (float value : image.amplitude()) {
              assertTrue(value >= 0 && value <= 1);
            }
          }
        };
    GenerationRequest request =
        GenerationRequest.of(
            "forest ".repeat(100),
            new Size(96, 64),
            Sampling.DIFFUSERS
                .with(Sampling.NEGATIVE_PROMPT, "water ".repeat(100))
                .withSeed(-1)
                .withSteps(2)
                .withCount(3));
    try (Cancellation cancellation = new Cancellation()) {
      StageSeconds seconds =
          model.generate(request, Execution.inBatchesOf(2), listener, cancellation);
      assertTrue(seconds.encode() > 0 && seconds.decode() > 0);
      assertTrue(seconds.unet() > 0 && seconds.unet() <= seconds.denoise());
    }
    assertEquals(
        List.of(
            "warning",
            "warning away",
            "step 1/2 of 0",
            "step 2/2 of 0",
            "image 0 seed -1",
            "image 1 seed 0",
            "step 1/2 of 2",
            "step 2/2 of 2",
            "image 2 seed 1"),
        heard);
  }

  /** Buffers are reused: a step allocates a few wrappers, whatever the size of the latents. */
  @ParameterizedTest
  @ValueSource(strings = {"euler", "euler_a", "dpmpp_2m", "ddim", "unipc", "heun"})
  void aStepAllocatesNothingOfTheLatentsSize(String sampler) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Assumptions.assumeTrue(threads.isThreadAllocatedMemorySupported());
    List<Long> allocated = new ArrayList<>(100);
    DiffusionListener listener =
        new DiffusionListener() {
          @Override
          public void step(Step step) {
            allocated.add(threads.getCurrentThreadAllocatedBytes());
          }
        };
    GenerationRequest request =
        Models.request(
            256,
            Models.SAMPLING
                .withSteps(24)
                .with(new Guidance(5, 0.5, 0, 1))
                .withSampler(SamplerName.parse(sampler)));
    try (Cancellation cancellation = new Cancellation()) {
      model.generate(request, Execution.inBatchesOf(2), listener, cancellation);
    }
    // The first steps fill histories and load classes.
    int from = allocated.size() / 2;
    int to = allocated.size() - 1;
    long perStep = (allocated.get(to) - allocated.get(from)) / (to - from);
    int latents = 4 * 32 * 32 * Float.BYTES;
    System.out.printf(
        "%s allocates %d bytes a step; latents take %d.%n", sampler, perStep, latents);
    assertTrue(perStep < latents / 2, sampler + " allocates " + perStep + " bytes a step");
  }

  @Test
  void memoryIsSteadyOverManyImages() throws IOException {
    Assumptions.assumeTrue(Files.isReadable(Path.of("/proc/self/status")));
    GenerationRequest some = Models.request(64, Models.SAMPLING.withSteps(2).withCount(50));
    long[] resident = new long[6];
    for (int i = 0; i < resident.length; i++) {
      Models.generate(model, some);
      resident[i] = residentMegabytes();
    }
    System.out.println("Resident MB after every 50 images: " + Arrays.toString(resident));
    // What earlier tests left is given back in the first half, and must not hide a leak.
    long before = Arrays.stream(resident, 0, 3).min().orElseThrow();
    long after = resident[5];
    // A leak of one image's buffers (UNet, encoders and decoder: 0.5 MB) would take 100 MB.
    assertTrue(after - before < 64, "grew from " + before + " to " + after + " MB");
  }

  private static long residentMegabytes() throws IOException {
    System.gc();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
      }
    }
    throw new IOException("no VmRSS");
  }

  @Test
  void largeImagesAreDecodedInTiles() {
    GenerationRequest request =
        Models.request(
            1024, Models.SAMPLING.withSteps(1).with(Guidance.of(1)).with(Sampling.DECODE_TILE, 32));
    try (Model frugal = Models.open("eps-vae8", ModelOptions.Memory.LOW)) {
      List<GeneratedImage> images = Models.generate(frugal, request);
      assertEquals(1024 * 1024, images.get(0).amplitude().length);
    }
  }

  private static void assertSame(List<GeneratedImage> expected, List<GeneratedImage> actual) {
    assertEquals(expected.size(), actual.size());
    for (int k = 0; k < expected.size(); k++) {
      assertEquals(expected.get(k).index(), actual.get(k).index());
      assertEquals(expected.get(k).seed(), actual.get(k).seed());
      assertArrayEquals(expected.get(k).latents(), actual.get(k).latents(), 1e-5f);
      assertArrayEquals(expected.get(k).amplitude(), actual.get(k).amplitude(), 1e-5f);
    }
  }

  /** diffusers takes the class from the index, and the options from the scheduler's own file. */
  @Test
  void theIndexNamesTheScheduler(@TempDir Path folder) throws IOException {
    Path copy = TestBundles.copy(TestBundles.folder("eps-vae8"), folder.resolve("bundle"));
    TestBundles.edit(
        copy.resolve("model_index.json"),
        index -> index.putArray("scheduler").add("diffusers").add("DDIMScheduler"));
    GenerationRequest ddim =
        Models.request(64, Models.SAMPLING.withSampler(SamplerName.parse("ddim")));
    try (Model named = Model.open(Bundle.open(copy), ModelOptions.cpu(), notice -> {})) {
      assertArrayEquals(
          Models.generate(model, ddim).get(0).latents(),
          Models.generate(named, Models.request(64)).get(0).latents());
    }
  }
}
