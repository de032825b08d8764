package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.Npy;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.schedule.StepPlan;

/**
 * Latents and images equal those of diffusers' {@code StableDiffusionXLPipeline} on the same
 * weights. The golden values and the bundles come from {@code
 * training-bridge/python/goldens/make_goldens.py}.
 */
class DiffusersParityTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path GOLDENS = RESOURCES.resolve("goldens");

  /** Of the latents' standard deviation. */
  private static final double LATENT_TOLERANCE = 1e-4;

  /**
   * Of the latents' standard deviation, for a schedule with zero terminal SNR. It starts at a noise
   * level of 4096, where float32 resolves 0.0005: diffusers itself moves by up to 1.7e-4 here when
   * torch runs on two threads instead of one, and its square roots (MKL's) are not correctly
   * rounded.
   */
  private static final double ZERO_SNR_TOLERANCE = 4e-4;

  private static final double IMAGE_TOLERANCE = 1.0 / 255;
  private static final Map<String, Model> ENGINES = new HashMap<>();

  @TempDir static Path temporary;

  @AfterAll
  static void close() {
    ENGINES.values().forEach(Model::close);
    ENGINES.clear();
  }

  @TestFactory
  Stream<DynamicTest> equalsDiffusers() throws IOException {
    JsonNode index = new ObjectMapper().readTree(GOLDENS.resolve("index.json").toFile());
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode call : index.get("calls")) {
      String name = call.get("bundle").asText() + "/" + call.get("name").asText();
      tests.add(DynamicTest.dynamicTest(name, () -> check(call)));
    }
    assertTrue(tests.size() > 100);
    return tests.stream();
  }

  private void check(JsonNode call) throws IOException {
    Bundle bundle = bundle(call);
    Model model =
        ENGINES.computeIfAbsent(
            bundle.root().toString(), r -> Model.open(bundle, ModelOptions.cpu(), notice -> {}));
    List<GeneratedImage> images = new ArrayList<>();
    DiffusionListener collector =
        new DiffusionListener() {
          @Override
          public void image(GeneratedImage image) {
            images.add(image);
          }
        };
    GenerationRequest request = request(call, bundle);
    try (Cancellation cancellation = new Cancellation()) {
      model.generate(request, collector, cancellation);
    }
    assertEquals(request.sampling().count(), images.size());
    if (call.path("not_finite").asBoolean()) {
      // diffusers divides by zero here; there is no reference, and NaN would have been refused.
      return;
    }
    double error = latentError(Npy.read(GOLDENS.resolve(call.get("latents").asText())), images);
    assertTrue(error < tolerance(bundle), "latents are off by " + error + " standard deviations");
    if (call.has("image") && !call.has("tile_latent_size")) {
      double off = imageError(Npy.read(GOLDENS.resolve(call.get("image").asText())), images);
      assertTrue(off < IMAGE_TOLERANCE, "the image is off by " + off);
    }
  }

  static double tolerance(Bundle bundle) {
    return SchedulerConfig.read(bundle.schedulerConfig())
            .toJson()
            .path("rescale_betas_zero_snr")
            .asBoolean()
        ? ZERO_SNR_TOLERANCE
        : LATENT_TOLERANCE;
  }

  static double latentError(float[] expected, List<GeneratedImage> images) {
    double mean = 0;
    for (float value : expected) {
      mean += value / expected.length;
    }
    double variance = 0;
    for (float value : expected) {
      variance += (value - mean) * (value - mean) / expected.length;
    }
    double worst = 0;
    int at = 0;
    for (GeneratedImage image : images) {
      for (float value : image.latents()) {
        worst = Math.max(worst, Math.abs(value - expected[at++]));
      }
    }
    assertEquals(expected.length, at);
    return worst / Math.sqrt(variance);
  }

  private static double imageError(float[] expected, List<GeneratedImage> images) {
    double worst = 0;
    int at = 0;
    for (GeneratedImage image : images) {
      for (float value : image.amplitude()) {
        worst = Math.max(worst, Math.abs(value - expected[at++]));
      }
    }
    assertEquals(expected.length, at);
    return worst;
  }

  /** The call's bundle; with another scheduler configuration where the call asks for one. */
  private static Bundle bundle(JsonNode call) throws IOException {
    Path root = RESOURCES.resolve("bundles").resolve(call.get("bundle").asText()).toAbsolutePath();
    JsonNode overrides = call.get("request").get("scheduler_config");
    if (overrides == null) {
      return Bundle.open(root);
    }
    Path copy = Files.createTempDirectory(temporary, "bundle");
    try (Stream<Path> entries = Files.walk(root)) {
      for (Path entry : (Iterable<Path>) entries.filter(Files::isRegularFile)::iterator) {
        Path target = copy.resolve(root.relativize(entry));
        Files.createDirectories(target.getParent());
        Files.copy(entry, target);
      }
    }
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode config =
        (ObjectNode) mapper.readTree(root.resolve("scheduler/scheduler_config.json").toFile());
    overrides.properties().forEach(option -> config.set(option.getKey(), option.getValue()));
    mapper.writeValue(copy.resolve("scheduler/scheduler_config.json").toFile(), config);
    return Bundle.open(copy);
  }

  /** The part of a call that every pipeline knows. */
  static GenerationRequest request(JsonNode call, Bundle bundle) {
    JsonNode json = call.get("request");
    Size size =
        new Size(
            json.path("width").asInt(bundle.defaultWidth()),
            json.path("height").asInt(bundle.defaultHeight()));
    Sampling sampling =
        Sampling.DIFFUSERS
            .withSeed(json.get("seed").asLong())
            .withCount(json.get("count").asInt())
            .with(plan(json))
            .with(Sampling.ETA, json.path("eta").asDouble())
            .with(Sampling.CLIP_SKIP, json.path("clip_skip").asInt())
            .with(
                new Guidance(
                    json.get("guidance_scale").asDouble(),
                    json.path("guidance_rescale").asDouble(),
                    0,
                    1))
            .with(conditioning(json, ""));
    if (json.has("negative_prompt")) {
      sampling = sampling.with(Sampling.NEGATIVE_PROMPT, json.get("negative_prompt").asText());
    }
    if (json.has("scheduler")) {
      sampling = sampling.withSampler(SamplerName.parse(json.get("scheduler").asText()));
    }
    if (json.has("negative_original_size")) {
      sampling = sampling.withNegative(conditioning(json, "negative_"));
    }
    if (call.has("tile_latent_size")) {
      sampling = sampling.with(Sampling.DECODE_TILE, call.get("tile_latent_size").asInt());
    }
    return GenerationRequest.of(json.get("prompt").asText(), size, sampling);
  }

  private static StepPlan plan(JsonNode json) {
    if (json.has("timesteps")) {
      return new StepPlan.Timesteps(stream(json.get("timesteps")).map(JsonNode::asInt).toList());
    }
    if (json.has("sigmas")) {
      return new StepPlan.Sigmas(stream(json.get("sigmas")).map(JsonNode::asDouble).toList());
    }
    return new StepPlan.Steps(json.get("steps").asInt());
  }

  private static MicroConditioning conditioning(JsonNode json, String prefix) {
    JsonNode crop = json.path(prefix + "crop");
    return new MicroConditioning(
        size(json, prefix + "original_size"),
        crop.path(0).asInt(),
        crop.path(1).asInt(),
        size(json, prefix + "target_size"),
        MicroConditioning.AESTHETIC_SCORE);
  }

  private static Optional<Size> size(JsonNode json, String key) {
    return json.has(key)
        ? Optional.of(new Size(json.get(key).get(0).asInt(), json.get(key).get(1).asInt()))
        : Optional.empty();
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    Collection<JsonNode> nodes = new ArrayList<>();
    array.forEach(nodes::add);
    return nodes.stream();
  }
}
