package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.Npy;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.parameter.Overrides;
import org.sardiffusion.runtime.weights.adapters.Adapters;

/**
 * Textual inversions of 1 to 8 vectors, in both prompts, of models that pool at the end token and
 * at the largest id, give diffusers' latents. The values come from {@code
 * training-bridge/python/goldens/make_embedding_goldens.py}.
 */
class EmbeddingParityTest {
  private static final Path EMBEDDINGS = Path.of("src/test/resources/embeddings");

  /** Of the latents' standard deviation. */
  private static final double TOLERANCE = 1e-4;

  @TestFactory
  Stream<DynamicTest> latentsEqualDiffusers() throws IOException {
    JsonNode calls =
        new ObjectMapper().readTree(EMBEDDINGS.resolve("index.json").toFile()).get("calls");
    assertEquals(16, calls.size());
    return StreamSupport.stream(calls.spliterator(), false)
        .flatMap(
            call ->
                // The tracing exporter's bundle has the weights of ours.
                (call.get("bundle").asText().equals("eps-vae8")
                        ? Stream.of("eps-vae8", "optimum")
                        : Stream.of(call.get("bundle").asText()))
                    .map(
                        bundle ->
                            DynamicTest.dynamicTest(
                                bundle + "/" + call.get("name").asText(),
                                () -> check(call, bundle))));
  }

  private static void check(JsonNode call, String bundle) throws IOException {
    JsonNode request = call.get("request");
    Sampling sampling =
        Sampling.DIFFUSERS
            .withSeed(request.get("seed").asLong())
            .withSteps(request.get("steps").asInt());
    if (request.has("negative_prompt")) {
      sampling =
          sampling.with(
              Overrides.NONE.with(
                  Sampling.NEGATIVE_PROMPT, request.get("negative_prompt").asText()));
    }
    List<String> warnings = new ArrayList<>();
    float[] latents =
        latents(
            bundle,
            call.get("embedding").asText(),
            request.get("prompt").asText(),
            sampling,
            warnings);
    double error =
        AdapterParityTest.error(
            Npy.read(EMBEDDINGS.resolve(call.get("latents").asText())), latents);
    assertTrue(error < TOLERANCE, "latents are off by " + error + " standard deviations");
    assertEquals(List.of(), warnings);
  }

  @Test
  void notesATokenThatNoPromptNames() {
    List<String> warnings = new ArrayList<>();
    latents(
        "eps-vae8",
        "eps-vae8/zq-2.safetensors",
        "a field",
        Sampling.DIFFUSERS.withSteps(1),
        warnings);
    assertEquals(1, warnings.size());
    assertTrue(warnings.get(0).contains("names zq-2, the token of an embedding"), warnings.get(0));
  }

  private static float[] latents(
      String bundle, String embedding, String prompt, Sampling sampling, List<String> warnings) {
    Bundle opened = Bundle.open(TestBundles.folder(bundle));
    ModelOptions options =
        ModelOptions.cpu().with(new Adapters(List.of(), List.of(EMBEDDINGS.resolve(embedding))));
    List<float[]> latents = new ArrayList<>();
    DiffusionListener collector =
        new DiffusionListener() {
          @Override
          public void image(GeneratedImage image) {
            latents.add(image.latents());
          }

          @Override
          public void note(String message) {
            warnings.add(message);
          }
        };
    try (Model model = Model.open(opened, options, notice -> {});
        Cancellation cancellation = new Cancellation()) {
      model.generate(
          GenerationRequest.of(
              prompt, new Size(opened.defaultWidth(), opened.defaultHeight()), sampling),
          collector,
          cancellation);
    }
    return latents.get(0);
  }
}
