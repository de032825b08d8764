package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.sardiffusion.runtime.Npy;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;

/**
 * Latents equal those of diffusers' {@code StableDiffusionXLImg2ImgPipeline}, {@code
 * StableDiffusionXLControlNetPipeline}, {@code StableDiffusionXLControlNetImg2ImgPipeline} and
 * {@code StableDiffusionXLInpaintPipeline} on the same weights. The golden values come from {@code
 * training-bridge/python/goldens/make_control_goldens.py}.
 */
class ImagePipelinesParityTest {
  private static final Map<String, Model> ENGINES = new HashMap<>();

  @TempDir static Path temporary;

  @AfterAll
  static void close() {
    ENGINES.values().forEach(Model::close);
    ENGINES.clear();
  }

  @TestFactory
  Stream<DynamicTest> equalsDiffusers() throws IOException {
    JsonNode index =
        new ObjectMapper().readTree(TestBundles.CONTROL.resolve("index.json").toFile());
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode call : index.get("calls")) {
      String name = call.get("bundle").asText() + "/" + call.get("name").asText();
      tests.add(DynamicTest.dynamicTest(name, () -> check(call)));
    }
    assertTrue(tests.size() > 120);
    return tests.stream();
  }

  private static void check(JsonNode call) throws IOException {
    Bundle bundle = bundle(call.get("bundle").asText());
    Model model =
        ENGINES.computeIfAbsent(
            call.get("bundle").asText(), r -> Model.open(bundle, ModelOptions.cpu(), notice -> {}));
    JsonNode json = call.get("request");
    GenerationRequest request = DiffusersParityTest.request(call, bundle);
    if (json.has("init_image")) {
      request =
          request.with(
              new Init.Image(
                  new InitImage(size(json, bundle), samples(json.get("init_image"))),
                  json.get("strength").asDouble(),
                  json.has("mask_image")
                      ? Optional.of(new Mask(size(json, bundle), samples(json.get("mask_image"))))
                      : Optional.empty()));
    }
    if (json.has("control_images")) {
      request = request.with(control(json, size(json, bundle)));
    }
    List<GeneratedImage> images = Models.generate(model, request);
    assertEquals(json.get("count").asInt(), images.size());
    double error =
        DiffusersParityTest.latentError(
            Npy.read(TestBundles.CONTROL.resolve(call.get("latents").asText())), images);
    System.out.printf(
        "CASE %s %s %.1e%n", call.get("bundle").asText(), call.get("name").asText(), error);
    assertTrue(
        error < DiffusersParityTest.tolerance(bundle),
        call.get("name").asText() + ": latents are off by " + error + " standard deviations");
  }

  private static Bundle bundle(String name) throws IOException {
    if (!Files.isDirectory(TestBundles.CONTROL.resolve(name).resolve("unet"))) {
      return Bundle.open(TestBundles.folder(name));
    }
    Path copy = temporary.resolve(name);
    return Bundle.open(Files.isDirectory(copy) ? copy : TestBundles.controlled(name, copy));
  }

  private static Control control(JsonNode json, Size size) {
    List<Control.Signal> signals = new ArrayList<>();
    for (int k = 0; k < json.get("control_images").size(); k++) {
      signals.add(
          new Control.Signal(
              new ControlImage(size, samples(json.get("control_images").get(k))),
              json.get("control_scales").get(k).asDouble(),
              bound(json.path("control_start"), k, 0),
              bound(json.path("control_end"), k, 1)));
    }
    return new Control(
        signals, json.path("guess_mode").asBoolean() ? Control.Mode.GUESS : Control.Mode.BALANCED);
  }

  private static double bound(JsonNode json, int k, double otherwise) {
    return json.isArray() ? json.get(k).asDouble() : json.asDouble(otherwise);
  }

  private static Size size(JsonNode json, Bundle bundle) {
    return new Size(
        json.path("width").asInt(bundle.defaultWidth()),
        json.path("height").asInt(bundle.defaultHeight()));
  }

  private static float[] samples(JsonNode file) {
    try {
      return Npy.read(TestBundles.CONTROL.resolve(file.asText()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
