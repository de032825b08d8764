package org.sardiffusion.runtime.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.Npy;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundleException;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.session.GraphPool;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.SessionSettings;

/** Embeddings equal those of diffusers' {@code encode_prompt} on the same weights. */
class PromptEncoderTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens");

  /** Embeddings have a standard deviation of about 1. */
  private static final double TOLERANCE = 2e-5;

  private static final Map<String, Loaded> LOADED = new HashMap<>();

  private record Loaded(GraphPool<BundlePart> graphs, PromptEncoder encoder) {
    static Loaded of(String name) {
      Bundle bundle = Bundle.open(TestBundles.folder(name));
      GraphPool<BundlePart> graphs =
          new GraphPool<>(
              BundlePart.class,
              GraphPool.Residency.KEEP,
              part -> GraphSession.open(bundle.graph(part), SessionSettings.cpu()));
      return new Loaded(graphs, new PromptEncoder(bundle, graphs, part -> List.of()));
    }
  }

  @AfterAll
  static void close() {
    LOADED
        .values()
        .forEach(
            loaded -> {
              loaded.encoder().close();
              loaded.graphs().close();
            });
    LOADED.clear();
  }

  @TestFactory
  Stream<DynamicTest> equalsDiffusers() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden :
        new ObjectMapper().readTree(GOLDENS.resolve("index.json").toFile()).get("prompts")) {
      String bundle = golden.get("bundle").asText();
      tests.add(
          DynamicTest.dynamicTest(
              bundle + "/" + golden.get("name").asText(), () -> check(bundle, golden)));
      if (bundle.equals("eps-vae8")) {
        // The same weights, exported by other means.
        tests.add(
            DynamicTest.dynamicTest(
                "optimum/" + golden.get("name").asText(), () -> check("optimum", golden)));
      }
    }
    assertTrue(tests.size() >= 24);
    return tests.stream();
  }

  private static void check(String bundle, JsonNode golden) throws IOException {
    EncodedPrompt encoded =
        encode(bundle, golden.get("prompt").asText(), golden.path("clip_skip").asInt());
    assertEquals(77, encoded.tokens());
    assertClose(golden.get("prompt_embeds"), encoded.hidden());
    assertClose(golden.get("pooled_prompt_embeds"), encoded.pooled());
    assertEquals(golden.get("name").asText().equals("prompt-long"), !encoded.warnings().isEmpty());
  }

  private static void assertClose(JsonNode file, float[] actual) throws IOException {
    float[] expected = Npy.read(GOLDENS.resolve(file.asText()));
    assertEquals(expected.length, actual.length);
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    }
    assertTrue(worst < TOLERANCE, file + " is off by " + worst);
  }

  @Test
  void cutWordsAreToldOnce() {
    String prompt = "forest ".repeat(90) + "and a lonely bridge";
    List<String> warnings = encode("eps-vae8", prompt, 0).warnings();
    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(warnings.get(0).contains("77 tokens"), warnings.get(0));
    assertTrue(warnings.get(0).contains("lonely bridge"), warnings.get(0));
  }

  @Test
  void theLayersHaveAnEnd() {
    // Three layers make four hidden states; the usual one is the last but one.
    assertEquals(77, encode("eps-vae8", "a forest", 2).tokens());
    for (int skip : new int[] {3, 1000, Integer.MAX_VALUE}) {
      String message =
          assertThrows(BundleException.class, () -> encode("eps-vae8", "a forest", skip))
              .getMessage();
      assertTrue(message.contains("clip skip of " + skip), message);
    }
  }

  private static EncodedPrompt encode(String bundle, String prompt, int clipSkip) {
    try (Cancellation cancellation = new Cancellation()) {
      return LOADED
          .computeIfAbsent(bundle, Loaded::of)
          .encoder()
          .encode(prompt, clipSkip, cancellation);
    }
  }
}
