package org.sardiffusion.runtime.weights.adapters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.bundle.ModelIdentity;
import org.sardiffusion.runtime.bundle.SarConfig;
import org.sardiffusion.runtime.bundle.WeightNames;
import org.sardiffusion.runtime.internal.safetensors.SafeTensor;
import org.sardiffusion.runtime.internal.safetensors.SafetensorsFile;
import org.sardiffusion.runtime.text.ClipTokenizer;
import org.sardiffusion.runtime.weights.ElementType;
import org.sardiffusion.runtime.weights.Float16;
import org.sardiffusion.runtime.weights.Initializer;
import org.sardiffusion.runtime.weights.ModulePath;
import org.sardiffusion.runtime.weights.ModuleWeight;
import org.sardiffusion.runtime.weights.ModuleWeights;
import org.sardiffusion.runtime.weights.OnnxGraph;

/** Merged weights on disk equal those that peft and diffusers merge. */
class MergedBundleTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path ADAPTERS = RESOURCES.resolve("adapters");
  private static final double TOLERANCE = 1e-6;

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> weightsEqualThoseOfPeft() throws IOException {
    JsonNode calls =
        new ObjectMapper().readTree(ADAPTERS.resolve("index.json").toFile()).get("calls");
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode call : calls) {
      String own = call.get("bundle").asText();
      for (String bundle : own.equals("eps-vae8") ? List.of(own, "optimum") : List.of(own)) {
        if (call.has("weights")) {
          tests.add(
              DynamicTest.dynamicTest(
                  bundle + "/" + call.get("name").asText(), () -> check(call, bundle)));
        }
      }
    }
    assertTrue(tests.size() > 15);
    return tests.stream();
  }

  private static Adapters adapters(JsonNode call) {
    List<Adapters.Lora> loras = new ArrayList<>();
    for (JsonNode lora : call.get("loras")) {
      loras.add(
          new Adapters.Lora(
              ADAPTERS.resolve(lora.get("file").asText()), lora.get("weight").asDouble()));
    }
    List<Path> embeddings = new ArrayList<>();
    call.get("embeddings").forEach(file -> embeddings.add(ADAPTERS.resolve(file.asText())));
    return new Adapters(loras, embeddings);
  }

  private void check(JsonNode call, String name) throws IOException {
    Bundle source = Bundle.open(RESOURCES.resolve("bundles").resolve(name));
    Adapters adapters = adapters(call);
    Path target = Files.createTempDirectory(folder, "merged").resolve("bundle");
    Bundle merged =
        new MergedBundle(AdaptedBundle.of(source, adapters), adapters.identities())
            .write(target, Progress.NONE, new Cancellation());
    Map<String, SafeTensor> expected =
        SafetensorsFile.read(ADAPTERS.resolve(call.get("weights").asText())).tensors();
    for (BundlePart part :
        List.of(BundlePart.UNET, BundlePart.TEXT_ENCODER, BundlePart.TEXT_ENCODER_2)) {
      OnnxGraph graph = OnnxGraph.read(merged.graph(part));
      ModuleWeights weights = ModuleWeights.of(graph, WeightNames.of(merged, part));
      for (SafeTensor samples : expected.values()) {
        if (samples.name().startsWith(part.folder() + "/")) {
          String parameter = samples.name().substring(part.folder().length() + 1);
          String module =
              ModulePath.canonical(parameter.replaceFirst("\\.weight$", "")).orElseThrow();
          ModuleWeight weight = weights.find(module).orElseThrow();
          float[] found = sampled(weight, samples.toFloats().length);
          float[] wanted = samples.toFloats();
          for (int i = 0; i < wanted.length; i++) {
            // float16 weights are merged in float32 and rounded once: half a unit in 11 digits.
            double allowed =
                weight.initializer().type() == ElementType.FLOAT16
                    ? Math.abs(wanted[i]) * 0x1p-11 + 0x1p-25
                    : TOLERANCE;
            double error = Math.abs(wanted[i] - found[i]);
            assertTrue(error <= allowed + TOLERANCE, module + " is off by " + error);
          }
        }
      }
    }
    if (source.sar().isPresent()) {
      checkDescription(merged, adapters);
    }
  }

  /** Values spread over the weight in the order that torch has them in. */
  private static float[] sampled(ModuleWeight weight, int samples) throws IOException {
    Initializer initializer = weight.initializer();
    float[] values = read(initializer);
    float[] found = new float[samples];
    for (int i = 0; i < samples; i++) {
      long at = (long) i * values.length / samples;
      if (weight.layout() == ModuleWeight.Layout.TRANSPOSED) {
        long in = weight.shape().get(1);
        at = at % in * weight.shape().get(0) + at / in;
      }
      found[i] = values[(int) at];
    }
    return found;
  }

  private static float[] read(Initializer initializer) throws IOException {
    Initializer.Location.External place = (Initializer.Location.External) initializer.location();
    ByteBuffer bytes =
        ByteBuffer.allocate((int) initializer.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(place.file())) {
      channel.read(bytes, place.offset());
    }
    float[] values = new float[(int) initializer.elementCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          initializer.type() == ElementType.FLOAT16
              ? Float16.toFloat(bytes.getShort(2 * i))
              : bytes.getFloat(4 * i);
    }
    return values;
  }

  private static void checkDescription(Bundle merged, Adapters adapters) throws IOException {
    merged
        .sar()
        .orElseThrow()
        .files()
        .forEach(
            (path, digest) ->
                assertEquals(
                    digest.sha256(), ModelIdentity.sha256(merged.root().resolve(path)), path));
    JsonNode noted =
        new ObjectMapper()
            .readTree(merged.root().resolve(SarConfig.FILE_NAME).toFile())
            .at("/provenance/merged");
    assertEquals(adapters.identities().size(), noted.size());
    for (int i = 0; i < noted.size(); i++) {
      assertEquals(adapters.identities().get(i).sha256(), noted.get(i).get("sha256").asText());
    }
  }

  @Test
  void tokensAreInTheTokenizersAndTheirVectorsInTheEncoders() throws IOException {
    Path file = ADAPTERS.resolve("sar-crop.safetensors");
    Adapters adapters = new Adapters(List.of(), List.of(file));
    for (String name : List.of("eps-vae8", "optimum", "fp16-vae8")) {
      Bundle source = Bundle.open(RESOURCES.resolve("bundles").resolve(name));
      AdaptedBundle adapted = AdaptedBundle.of(source, adapters);
      Bundle merged =
          new MergedBundle(adapted, adapters.identities())
              .write(folder.resolve(name), Progress.NONE, new Cancellation());
      try (ClipTokenizer before =
              ClipTokenizer.load(
                  source.root().resolve("tokenizer_2"), adapted.tokens(BundlePart.TEXT_ENCODER_2));
          ClipTokenizer after = ClipTokenizer.load(merged.root().resolve("tokenizer_2"))) {
        String prompt = "A <SAR> image, sar-crop and a Sar-Crop";
        assertArrayEquals(before.encode(prompt).ids(), after.encode(prompt).ids());
        int first = after.tokenId("sar-crop").orElseThrow();
        assertEquals(first + 2, after.tokenId("sar-crop_2").orElseThrow());
        OnnxGraph graph = OnnxGraph.read(merged.graph(BundlePart.TEXT_ENCODER_2));
        Initializer table =
            ModuleWeights.of(graph, WeightNames.of(merged, BundlePart.TEXT_ENCODER_2))
                .find("embeddings.token_embedding")
                .orElseThrow()
                .initializer();
        assertEquals(first + 3, table.dims().get(0));
        float[] values = read(table);
        float[] vectors = SafetensorsFile.read(file).tensors().get("clip_g").toFloats();
        for (int i = 0; i < vectors.length; i++) {
          assertEquals(vectors[i], values[first * 48 + i], 2e-3);
        }
      }
    }
  }

  @Test
  void leavesNothingBehindWhenItCanNotFinish() throws IOException {
    Bundle source = Bundle.open(RESOURCES.resolve("bundles/eps-vae8"));
    Adapters adapters =
        new Adapters(
            List.of(new Adapters.Lora(ADAPTERS.resolve("kohya.safetensors"), 1)), List.of());
    MergedBundle merge =
        new MergedBundle(AdaptedBundle.of(source, adapters), adapters.identities());
    try (Cancellation cancelled = new Cancellation()) {
      cancelled.cancel();
      assertThrows(
          CancelledException.class,
          () -> merge.write(folder.resolve("cancelled"), Progress.NONE, cancelled));
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
    Files.createDirectory(folder.resolve("there"));
    String message =
        assertThrows(
                AdapterException.class,
                () -> merge.write(folder.resolve("there"), Progress.NONE, new Cancellation()))
            .getMessage();
    assertFalse(message.isBlank());
  }
}
