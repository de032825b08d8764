package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.runtime.Npy;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.weights.adapters.AdaptedBundle;
import org.sardiffusion.runtime.weights.adapters.AdapterException;
import org.sardiffusion.runtime.weights.adapters.Adapters;
import org.sardiffusion.runtime.weights.adapters.MergedBundle;

/**
 * Adapters of every kind, at load and merged on disk, give the latents that LyCORIS' and peft's own
 * layers give. The values come from {@code
 * training-bridge/python/goldens/make_adapter_kind_goldens.py}.
 */
class AdapterKindsTest {
  private static final Path ADAPTERS = Path.of("src/test/resources/adapter-kinds");

  /** Of the latents' standard deviation. */
  private static final double TOLERANCE = 1e-4;

  @TempDir static Path folder;

  @TestFactory
  Stream<DynamicTest> latentsEqualThoseOfTheLibraries() throws IOException {
    return calls()
        .flatMap(
            call ->
                Stream.of("eps-vae8", "optimum")
                    .map(
                        bundle ->
                            DynamicTest.dynamicTest(
                                bundle + "/" + call.get("name").asText(),
                                () ->
                                    check(
                                        call,
                                        Bundle.open(TestBundles.folder(bundle)),
                                        ModelOptions.cpu().with(adapters(call))))));
  }

  @TestFactory
  Stream<DynamicTest> mergedBundlesGiveTheSame() throws IOException {
    return calls()
        .map(
            call ->
                DynamicTest.dynamicTest(
                    call.get("name").asText(),
                    () -> {
                      AdaptedBundle adapted =
                          AdaptedBundle.of(
                              Bundle.open(TestBundles.folder("eps-vae8")), adapters(call));
                      Bundle merged =
                          new MergedBundle(adapted, adapters(call).identities())
                              .write(
                                  folder.resolve(call.get("name").asText()),
                                  Progress.NONE,
                                  new Cancellation());
                      check(call, merged, ModelOptions.cpu());
                    }));
  }

  @TestFactory
  Stream<DynamicTest> whatHasNoFormulaIsRefusedByName() throws IOException {
    return elements("refused")
        .map(
            refused ->
                DynamicTest.dynamicTest(
                    refused.get("words").asText(),
                    () -> {
                      Adapters adapters =
                          new Adapters(
                              List.of(
                                  new Adapters.Lora(
                                      ADAPTERS.resolve(refused.get("file").asText()), 1)),
                              List.of());
                      Bundle bundle = Bundle.open(TestBundles.folder("eps-vae8"));
                      String message =
                          assertThrows(
                                  AdapterException.class, () -> AdaptedBundle.of(bundle, adapters))
                              .getMessage();
                      assertTrue(message.contains(refused.get("words").asText()), message);
                    }));
  }

  private static void check(JsonNode call, Bundle bundle, ModelOptions settings)
      throws IOException {
    List<String> notices = new ArrayList<>();
    List<float[]> latents =
        AdapterParityTest.latents(bundle, settings, call.get("request"), notices);
    assertEquals(List.of(), notices);
    double error =
        AdapterParityTest.error(
            Npy.read(ADAPTERS.resolve(call.get("latents").asText())), latents.get(0));
    assertTrue(error < TOLERANCE, "latents are off by " + error + " standard deviations");
  }

  private static Adapters adapters(JsonNode call) {
    JsonNode lora = call.get("loras").get(0);
    return new Adapters(
        List.of(
            new Adapters.Lora(
                ADAPTERS.resolve(lora.get("file").asText()), lora.get("weight").asDouble())),
        List.of());
  }

  private static Stream<JsonNode> calls() throws IOException {
    return elements("calls");
  }

  private static Stream<JsonNode> elements(String key) throws IOException {
    JsonNode array = new ObjectMapper().readTree(ADAPTERS.resolve("index.json").toFile()).get(key);
    assertTrue(array.size() > 2);
    return StreamSupport.stream(array.spliterator(), false);
  }
}
