package org.sardiffusion.runtime.diffusion;

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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.Npy;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.schedule.StepPlan;
import org.sardiffusion.runtime.text.ClipTokenizer;
import org.sardiffusion.runtime.weights.adapters.AdaptedBundle;
import org.sardiffusion.runtime.weights.adapters.Adapters;

/**
 * Adapters of every format, merged as the model is loaded, give the latents that diffusers gives
 * after its own merge. The adapters and golden values come from {@code
 * training-bridge/python/goldens/make_lora_goldens.py}.
 */
class AdapterParityTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path ADAPTERS = RESOURCES.resolve("adapters");

  /** Of the latents' standard deviation. */
  private static final double TOLERANCE = 1e-4;

  @TestFactory
  Stream<DynamicTest> latentsEqualDiffusers() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode call : calls()) {
      for (String bundle : bundles(call)) {
        tests.add(
            DynamicTest.dynamicTest(
                bundle + "/" + call.get("name").asText(), () -> check(call, bundle)));
      }
    }
    assertTrue(tests.size() > 20);
    return tests.stream();
  }

  @TempDir static Path temporary;

  /**
   * A ControlNet of scale 0 adds nothing, so the UNet in its graph must give what the UNet gives.
   */
  @TestFactory
  Stream<DynamicTest> adaptersApplyToTheGraphWithControlNetsToo() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode call : calls()) {
      if (List.of("peft-unet", "everything").contains(call.get("name").asText())) {
        tests.add(
            DynamicTest.dynamicTest(
                call.get("bundle").asText() + "/" + call.get("name").asText(),
                () -> checkControlled(call)));
      }
    }
    assertEquals(4, tests.size());
    return tests.stream();
  }

  private static void checkControlled(JsonNode call) throws IOException {
    Path folder = temporary.resolve(call.get("bundle").asText());
    Bundle bundle =
        Bundle.open(
            Files.exists(folder)
                ? folder
                : TestBundles.controlled(call.get("bundle").asText(), folder));
    Size size = new Size(bundle.defaultWidth(), bundle.defaultHeight());
    ControlImage image = new ControlImage(size, new float[size.width() * size.height()]);
    JsonNode json = call.get("request");
    GenerationRequest request =
        GenerationRequest.of(
                json.get("prompt").asText(),
                size,
                Sampling.DIFFUSERS
                    .withSeed(json.get("seed").asLong())
                    .withSteps(json.get("steps").asInt())
                    .with(Guidance.of(json.get("guidance_scale").asDouble())))
            .with(new Control(List.of(new Control.Signal(image, 0, 0, 1)), Control.Mode.BALANCED));
    ModelOptions settings = ModelOptions.cpu().with(adapters(call));
    try (Model model = Model.open(bundle, settings, notice -> {})) {
      float[] latents = Models.generate(model, request).get(0).latents();
      double error = error(Npy.read(ADAPTERS.resolve(call.get("latents").asText())), latents);
      assertTrue(error < TOLERANCE, "latents are off by " + error + " standard deviations");
    }
  }

  static JsonNode calls() throws IOException {
    return new ObjectMapper().readTree(ADAPTERS.resolve("index.json").toFile()).get("calls");
  }

  /** The tracing exporter's bundle has the weights of ours. */
  static List<String> bundles(JsonNode call) {
    String bundle = call.get("bundle").asText();
    return bundle.equals("eps-vae8") ? List.of(bundle, "optimum") : List.of(bundle);
  }

  static Adapters adapters(JsonNode call) {
    List<Adapters.Lora> loras = new ArrayList<>();
    call.get("loras")
        .forEach(
            lora ->
                loras.add(
                    new Adapters.Lora(
                        ADAPTERS.resolve(lora.get("file").asText()),
                        lora.get("weight").asDouble())));
    List<Path> embeddings = new ArrayList<>();
    call.get("embeddings").forEach(file -> embeddings.add(ADAPTERS.resolve(file.asText())));
    return new Adapters(loras, embeddings);
  }

  private static void check(JsonNode call, String name) throws IOException {
    Bundle bundle = Bundle.open(RESOURCES.resolve("bundles").resolve(name));
    List<String> notices = new ArrayList<>();
    List<float[]> latents =
        latents(bundle, ModelOptions.cpu().with(adapters(call)), call.get("request"), notices);
    double error = error(Npy.read(ADAPTERS.resolve(call.get("latents").asText())), latents.get(0));
    assertTrue(error < TOLERANCE, "latents are off by " + error + " standard deviations");
    assertFalse(notices.stream().anyMatch(notice -> notice.contains("<road>")));
    if (call.has("token_ids")) {
      AdaptedBundle adapted = AdaptedBundle.of(bundle, adapters(call));
      String prompt = call.get("request").get("prompt").asText();
      for (int i = 0; i < 2; i++) {
        try (ClipTokenizer tokenizer =
            ClipTokenizer.load(
                bundle.root().resolve(i == 0 ? "tokenizer" : "tokenizer_2"),
                adapted.tokens(i == 0 ? BundlePart.TEXT_ENCODER : BundlePart.TEXT_ENCODER_2))) {
          long[] expected =
              new ObjectMapper().convertValue(call.get("token_ids").get(i), long[].class);
          assertArrayEquals(expected, tokenizer.encode(prompt).ids());
        }
      }
    }
  }

  static List<float[]> latents(
      Bundle bundle, ModelOptions settings, JsonNode request, List<String> notices) {
    List<float[]> latents = new ArrayList<>();
    DiffusionListener collector =
        new DiffusionListener() {
          @Override
          public void image(GeneratedImage image) {
            latents.add(image.latents());
          }
        };
    try (Model model = Model.open(bundle, settings, notices::add);
        Cancellation cancellation = new Cancellation()) {
      model.generate(
          GenerationRequest.of(
              request.get("prompt").asText(),
              new Size(bundle.defaultWidth(), bundle.defaultHeight()),
              Sampling.DIFFUSERS
                  .withSeed(request.get("seed").asLong())
                  .with(new StepPlan.Steps(request.get("steps").asInt()))
                  .with(new Guidance(request.get("guidance_scale").asDouble(), 0, 0, 1))),
          collector,
          cancellation);
    }
    return latents;
  }

  static double error(float[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    double mean = 0;
    for (float value : expected) {
      mean += value / expected.length;
    }
    double variance = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      variance += (expected[i] - mean) * (expected[i] - mean) / expected.length;
      worst = Math.max(worst, Math.abs(expected[i] - found[i]));
    }
    return worst / Math.sqrt(variance);
  }
}
