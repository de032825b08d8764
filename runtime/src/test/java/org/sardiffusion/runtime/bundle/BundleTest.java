package org.sardiffusion.runtime.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.runtime.TestBundles;

class BundleTest {
  @TempDir Path temporary;
  private Path root;

  @BeforeEach
  void copy() throws IOException {
    root = TestBundles.copy(TestBundles.folder("eps-vae8"), temporary.resolve("bundle"));
  }

  @Test
  void describesABundle() {
    Bundle bundle = Bundle.open(root);
    assertEquals("eps-vae8", bundle.name());
    assertEquals(8, bundle.vae().factor());
    assertEquals(0.13025, bundle.vae().scalingFactor());
    assertTrue(bundle.vae().forceUpcast());
    assertEquals(3, bundle.unet().levels());
    assertEquals(4, bundle.unet().channels());
    assertEquals(8, bundle.unet().timeIdWidth());
    assertEquals(88, bundle.unet().addedEmbeddingWidth());
    assertEquals(64, bundle.defaultWidth());
    assertEquals(64, bundle.defaultHeight());
    assertEquals(32, bundle.sizeMultiple());
    assertTrue(bundle.zeroEmptyNegative());
    SarConfig sar = bundle.sar().orElseThrow();
    assertEquals(OptionalDouble.of(0.4), sar.pixelSpacing());
    assertEquals("fp32", sar.dtype());
    assertEquals("<SAR>", sar.triggerToken().orElseThrow());
    assertEquals(671, sar.files().get("model_index.json").bytes());
  }

  @Test
  void describesABundleOfOptimum() throws IOException {
    Path optimum = TestBundles.copy(TestBundles.folder("optimum"), temporary.resolve("forest"));
    Bundle bundle = Bundle.open(optimum);
    assertTrue(bundle.sar().isEmpty());
    assertEquals("forest", bundle.name());
  }

  @Test
  void describesAVaeOfAnotherFactor() {
    Bundle bundle = Bundle.open(TestBundles.folder("v-zsnr-vae4"));
    assertEquals(4, bundle.vae().factor());
    assertEquals(8, bundle.sizeMultiple());
    assertEquals(4, bundle.vae().latentsMean().orElseThrow().length);
  }

  @Test
  void takesSampleSizesOfOneOrTwoSides() throws IOException {
    editUnet(json -> json.putArray("sample_size").add(16).add(24));
    assertEquals(128, Bundle.open(root).defaultHeight());
    assertEquals(192, Bundle.open(root).defaultWidth());
    editUnet(json -> json.remove("sample_size"));
    assertEquals(1024, Bundle.open(root).defaultWidth());
    editUnet(json -> json.putNull("sample_size"));
    assertEquals(1024, Bundle.open(root).defaultWidth());
  }

  @Test
  void aMissingFolderSaysWhatIsWanted() {
    refused(temporary.resolve("nowhere"), "no model folder", "model_index.json");
  }

  @Test
  void aFileIsNoFolder() {
    refused(root.resolve("model_index.json"), "no model folder");
  }

  @Test
  void aFolderWithoutAnIndexIsNoBundle() throws IOException {
    Files.delete(root.resolve("model_index.json"));
    refused(root, "not a model bundle", "sar-diffusion export");
  }

  @ParameterizedTest
  @ValueSource(strings = {"StableDiffusionPipeline", "FluxPipeline", ""})
  void otherModelsAreRefused(String kind) throws IOException {
    TestBundles.edit(root.resolve("model_index.json"), json -> json.put("_class_name", kind));
    refused(root, "Stable Diffusion XL models only", kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "diffusion_pytorch_model.safetensors",
        "diffusion_pytorch_model.fp16.safetensors",
        "diffusion_pytorch_model-00001-of-00002.safetensors",
        "diffusion_pytorch_model.bin"
      })
  void aDiffusersFolderIsSentToExport(String weights) throws IOException {
    for (BundlePart part : BundlePart.values()) {
      Files.deleteIfExists(root.resolve(part.file()));
    }
    Files.createFile(root.resolve("unet").resolve(weights));
    refused(root, "It is a diffusers folder", "sar-diffusion export");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text_encoder", "text_encoder_2", "unet", "vae_decoder"})
  void everyGraphIsNeeded(String part) throws IOException {
    Files.delete(root.resolve(part).resolve("model.onnx"));
    refused(root, "lacks " + part + "/model.onnx", "Export the model again");
  }

  @Test
  void aRefinerHasOneTextEncoder() throws IOException {
    Files.delete(root.resolve("text_encoder/model.onnx"));
    TestBundles.edit(
        root.resolve("model_index.json"),
        json -> json.putArray("text_encoder").addNull().addNull());
    assertFalse(Bundle.open(root).has(BundlePart.TEXT_ENCODER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet/config.json", "vae_decoder/config.json"})
  void configurationsAreNeeded(String file) throws IOException {
    Files.delete(root.resolve(file));
    refused(root, file, "is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model_index.json", "unet/config.json", "sar_config.json"})
  void damagedJsonIsNamed(String file) throws IOException {
    for (String text :
        List.of("", "{", "[]", "null", "{} {}", "{\"a\": NaN}", "[".repeat(5000), "\0\0\0\0")) {
      Files.writeString(root.resolve(file), text);
      refused(root, file);
    }
    Files.write(root.resolve(file), new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
    refused(root, file);
    Files.write(root.resolve(file), new byte[(16 << 20) + 1]);
    refused(root, file, "too long");
  }

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        unet("block_out_channels", json -> longList(json, "block_out_channels", 40)),
        unet("block_out_channels", json -> json.putArray("block_out_channels")),
        unet("block_out_channels", json -> json.put("block_out_channels", 3)),
        unet("block_out_channels", json -> json.remove("block_out_channels")),
        unet("sample_size", json -> json.putArray("sample_size").add(8)),
        unet("sample_size", json -> json.putArray("sample_size").add(8).add(8).add(8)),
        unet("sample_size", json -> json.putArray("sample_size").add(8).add(-8)),
        unet("sample_size", json -> json.putArray("sample_size").add(8.5).add(8)),
        unet("sample_size", json -> json.put("sample_size", 0)),
        unet("sample_size", json -> json.put("sample_size", Integer.MAX_VALUE)),
        unet("sample_size", json -> json.put("sample_size", 1L << 40)),
        unet("sample_size", json -> json.put("sample_size", "8")),
        unet("addition_embed_type", json -> json.remove("addition_embed_type")),
        unet("addition_embed_type", json -> json.put("addition_embed_type", true)),
        unet("addition_time_embed_dim", json -> json.put("addition_time_embed_dim", 0)),
        unet("time_cond_proj_dim", json -> json.put("time_cond_proj_dim", Integer.MAX_VALUE)),
        unet(
            "projection_class_embeddings_input_dim",
            json -> json.remove("projection_class_embeddings_input_dim")),
        unet("9 latent channels", json -> json.put("in_channels", 9)),
        vae("block_out_channels", json -> longList(json, "block_out_channels", 32)),
        vae("scaling_factor", json -> json.put("scaling_factor", 0)),
        vae("scaling_factor", json -> json.put("scaling_factor", "0.13")),
        vae("latents_mean", json -> json.putArray("latents_mean").add(1)),
        vae("latents_std", json -> json.put("latents_std", "1111")),
        vae("latents_std", json -> json.putObject("latents_std").put("a", 1)),
        vae("latents_std", json -> longStrings(json, "latents_std")),
        vae("force_upcast", json -> json.put("force_upcast", 1)),
        sar("pixel_spacing_m", json -> json.put("pixel_spacing_m", -0.4)),
        sar("recommended", json -> json.put("recommended", 3)),
        sar("steps", json -> json.putObject("recommended").put("steps", 0)),
        sar("name", json -> json.put("name", 3)),
        sar("files", json -> json.put("files", "all")),
        sar("unet/config.json", json -> file(json, "unet/config.json", "00", 5)),
        sar("unet/config.json", json -> file(json, "unet/config.json", "0".repeat(64), -1)),
        sar("outside the bundle", json -> file(json, "../secret", "0".repeat(64), 1)),
        sar("outside the bundle", json -> file(json, "unet/../../secret", "0".repeat(64), 1)),
        sar("outside the bundle", json -> file(json, "/etc/passwd", "0".repeat(64), 1)),
        sar("outside the bundle", json -> file(json, "unet/..", "0".repeat(64), 1)),
        sar("outside the bundle", json -> file(json, "a\0b", "0".repeat(64), 1)),
        sar("x.onnx", json -> ((ObjectNode) json.get("files")).put("x.onnx", 3)),
        Arguments.of(
            "model_index.json",
            "force_zeros_for_empty_prompt",
            change(json -> json.put("force_zeros_for_empty_prompt", "yes"))));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("wrongValues")
  void wrongValuesAreNamed(String file, String word, Consumer<ObjectNode> change)
      throws IOException {
    TestBundles.edit(root.resolve(file), change);
    refused(root, word, root.toString());
  }

  @Test
  void aNumberBeyondAnyLengthIsRefused() throws IOException {
    Path file = root.resolve("sar_config.json");
    String text = Files.readString(file, StandardCharsets.UTF_8);
    assertTrue(text.contains("\"bytes\": 671"));
    Files.writeString(file, text.replace("\"bytes\": 671", "\"bytes\": 18446744073709552287"));
    refused(root, "model_index.json", "bytes");
  }

  @Test
  void identityOfEqualFilesIsEqual() throws IOException {
    ModelIdentity listed = ModelIdentity.of(Bundle.open(root));
    assertTrue(listed.sha256().matches("[0-9a-f]{64}"));
    assertEquals(listed, ModelIdentity.of(Bundle.open(TestBundles.folder("eps-vae8"))));
    // Read instead of listed.
    Files.delete(root.resolve("sar_config.json"));
    assertEquals(listed.sha256(), ModelIdentity.of(Bundle.open(root)).sha256());
    // Any byte counts.
    TestBundles.edit(root.resolve("unet/config.json"), json -> json.put("note", 1));
    assertFalse(listed.sha256().equals(ModelIdentity.of(Bundle.open(root)).sha256()));
  }

  private void editUnet(Consumer<ObjectNode> change) throws IOException {
    TestBundles.edit(root.resolve("unet/config.json"), change);
  }

  private static void refused(Path folder, String... words) {
    String message = assertThrows(BundleException.class, () -> Bundle.open(folder)).getMessage();
    for (String word : words) {
      assertTrue(message.contains(word), message);
    }
  }

  private static Arguments unet(String word, Consumer<ObjectNode> change) {
    return Arguments.of("unet/config.json", word, change);
  }

  private static Arguments vae(String word, Consumer<ObjectNode> change) {
    return Arguments.of("vae_decoder/config.json", word, change);
  }

  private static Arguments sar(String word, Consumer<ObjectNode> change) {
    return Arguments.of("sar_config.json", word, change);
  }

  private static Consumer<ObjectNode> change(Consumer<ObjectNode> change) {
    return change;
  }

  private static void longList(ObjectNode json, String key, int length) {
    for (int i = 0; i < length; i++) {
      json.withArray(key).add(32);
    }
  }

  private static void longStrings(ObjectNode json, String key) {
    json.putArray(key).add("1").add("1").add("1").add("1");
  }

  private static void file(ObjectNode json, String path, String sha256, long bytes) {
    ((ObjectNode) json.get("files")).putObject(path).put("sha256", sha256).put("bytes", bytes);
  }

  /**
   * Parts may be links to folders elsewhere, as on shared disks: their files count all the same.
   */
  @Test
  void linkedPartsBelongToTheIdentity(@TempDir Path elsewhere) throws IOException {
    Path whole = TestBundles.copy(TestBundles.folder("optimum"), elsewhere.resolve("whole"));
    Path linked = TestBundles.copy(TestBundles.folder("optimum"), elsewhere.resolve("linked"));
    Path unet = Files.move(linked.resolve("unet"), elsewhere.resolve("unet"));
    Files.createSymbolicLink(linked.resolve("unet"), unet);
    String expected = ModelIdentity.of(Bundle.open(whole)).sha256();
    assertEquals(expected, ModelIdentity.of(Bundle.open(linked)).sha256());
    Files.writeString(unet.resolve("config.json"), "\n", StandardOpenOption.APPEND);
    assertNotEquals(expected, ModelIdentity.of(Bundle.open(linked)).sha256());
  }
}
