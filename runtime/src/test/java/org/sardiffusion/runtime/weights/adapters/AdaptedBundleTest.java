package org.sardiffusion.runtime.weights.adapters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.weights.OnnxGraph;
import org.sardiffusion.runtime.weights.WeightEdit;

class AdaptedBundleTest {
  private static final Path BUNDLE = Path.of("src/test/resources/bundles/eps-vae8");
  private static final Path ADAPTERS = Path.of("src/test/resources/adapters");
  private static final String TO_Q = "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q";

  @TempDir Path folder;

  private static AdaptedBundle adapt(Path lora) {
    return AdaptedBundle.of(
        Bundle.open(BUNDLE), new Adapters(List.of(new Adapters.Lora(lora, 1)), List.of()));
  }

  private static String refusal(Path lora) {
    return assertThrows(SarDiffusionException.class, () -> adapt(lora)).getMessage();
  }

  private static double scale(Path lora) {
    AdaptedBundle adapted = adapt(lora);
    OnnxGraph graph = OnnxGraph.read(Bundle.open(BUNDLE).graph(BundlePart.UNET));
    WeightEdit edit = adapted.edits(BundlePart.UNET, graph).get(0);
    return ((WeightEdit.LowRank) edit).factors().get(0).scale();
  }

  private SafetensorsWriter pair(String name) {
    return new SafetensorsWriter()
        .with(name + ".lora_A.weight", 4, 16)
        .with(name + ".lora_B.weight", 16, 4);
  }

  private Path file() {
    return folder.resolve("adapter.safetensors");
  }

  @ParameterizedTest
  @CsvSource({"hada_w1_a", "lokr_w1", "diff", "a1.weight", "vera_lambda_b", "oft_blocks"})
  void refusesHalfLayersOfOtherKinds(String key) throws IOException {
    Path lora = pair("unet." + TO_Q).with("unet." + TO_Q + "." + key, 16).into(file());
    assertTrue(refusal(lora).contains("no layer of a known kind"), refusal(lora));
    assertTrue(refusal(lora).contains("." + key), refusal(lora));
  }

  @ParameterizedTest
  @CsvSource({
    "ip_adapter.1.to_k_ip.weight, IP-Adapter",
    "lllite_unet_input_blocks_1_1_attn.down.0.weight, LLLite",
    "lora_controlnet, Control-LoRA",
    "controlnet_cond_embedding.conv_in.weight, ControlNet",
    "adapter.body.0.in_conv.weight, T2I-Adapter",
    "model.diffusion_model.input_blocks.0.0.weight, checkpoint",
    "down_blocks.0.resnets.0.conv1.weight, whole UNet",
    "decoder.conv_in.weight, VAE",
    "clip_l, textual inversion",
    "transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight, diffusion transformer",
    "unet.x.lora_embedding_A, embedding table"
  })
  void saysWhatIsNoAdapterForWeights(String key, String kind) throws IOException {
    Path file = new SafetensorsWriter().with(key, 4, 4).into(file());
    assertTrue(refusal(file).contains(kind), refusal(file));
  }

  @ParameterizedTest
  @CsvSource({
    "diffusion_model.input_blocks.3.1.transformer_blocks.0.attn1.to_q",
    "model.diffusion_model.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q",
    "unet.input_blocks.3.1.transformer_blocks.0.attn1.to_q",
    "lycoris_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q",
    "lycoris_unet_input_blocks_3_1_transformer_blocks_0_attn1_to_q",
    "diffusion_model_input_blocks_3_1_transformer_blocks_0_attn1_to_q",
    "lora_unet_input_blocks_3_1_transformer_blocks_0_attn1_to_q"
  })
  void knowsTheNamesOfManyTrainers(String name) throws IOException {
    Path lora =
        new SafetensorsWriter()
            .with(name + ".lora_down.weight", 4, 16)
            .with(name + ".lora_up.weight", 16, 4)
            .into(file());
    OnnxGraph graph = OnnxGraph.read(Bundle.open(BUNDLE).graph(BundlePart.UNET));
    assertEquals(TO_Q, adapt(lora).edits(BundlePart.UNET, graph).get(0).target().module());
  }

  @Test
  void readsPatternsAsPeftDoes() throws IOException {
    String name = "base_model.model." + TO_Q;
    Path config = folder.resolve("adapter_config.json");
    Files.writeString(
        config, "{\"r\": 4, \"lora_alpha\": 4, \"alpha_pattern\": {\".*attn1\\\\.to_[qk]\": 16}}");
    assertEquals(4, scale(pair(name).into(file())));
    Files.writeString(
        config, "{\"r\": 4, \"alpha_pattern\": {\"^down_blocks.1.*\": 8, \"to_q\": 16}}");
    assertEquals(2, scale(pair(name).into(file())));
    Files.writeString(config, "{\"r\": 4, \"alpha_pattern\": {\"to_q\": 8, \"attn3.to_q\": 16}}");
    assertTrue(refusal(file()).contains("\"attn3.to_q\" of \"alpha_pattern\" fits no layer"));
    Files.writeString(config, "{\"r\": 4, \"rank_pattern\": {\"to_(q\": 4}}");
    assertTrue(refusal(file()).contains("no regular expression"));
    Files.writeString(config, "{\"r\": 4, \"rank_pattern\": {\"(([a-z0-9_.]+)+)+!\": 4}}");
    assertTrue(refusal(file()).contains("too long"));
  }

  @ParameterizedTest
  @CsvSource({"pissa", "pissa_niter_16", "olora", "corda", "loftq"})
  void refusesInitialisationsThatChangeTheBase(String init) throws IOException {
    Path lora = pair("base_model.model." + TO_Q).into(file());
    Files.writeString(
        folder.resolve("adapter_config.json"),
        "{\"r\": 4, \"init_lora_weights\": \"" + init + "\"}");
    assertTrue(refusal(lora).contains("init_lora_weights " + init), refusal(lora));
  }

  @Test
  void listsUnknownKeysAndLayers() throws IOException {
    Path keys = pair("unet." + TO_Q).with("surprise", 3).with("another", 3).into(file());
    assertTrue(refusal(keys).contains("surprise, another"), refusal(keys));
    Path layers = pair("unet." + TO_Q.replace("to_q", "to_x")).into(file());
    assertTrue(refusal(layers).contains("to_x"), refusal(layers));
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    String name = "unet." + TO_Q;
    Path rank =
        new SafetensorsWriter()
            .with(name + ".lora_A.weight", 4, 16)
            .with(name + ".lora_B.weight", 16, 3)
            .into(file());
    assertTrue(refusal(rank).contains("rank 4") && refusal(rank).contains("3"), refusal(rank));
    Path shape =
        new SafetensorsWriter()
            .with(name + ".lora_A.weight", 4, 24)
            .with(name + ".lora_B.weight", 16, 4)
            .into(file());
    assertTrue(refusal(shape).contains("[16, 24]"), refusal(shape));
    Path alone = new SafetensorsWriter().with(name + ".lora_A.weight", 4, 16).into(file());
    assertTrue(refusal(alone).contains("no layer of a known kind"), refusal(alone));
    Path kernel =
        new SafetensorsWriter()
            .with(name + ".lora_A.weight", 4, 16, 3, 3)
            .with(name + ".lora_B.weight", 16, 4, 1, 1)
            .into(file());
    assertTrue(refusal(kernel).contains("[16, 16, 3, 3]"), refusal(kernel));
  }

  @Test
  void takesAlphaFromTheKeyElseTheMetadataElseTheRank() throws IOException {
    String name = "unet." + TO_Q;
    assertEquals(1, scale(pair(name).into(file())));
    // The writer writes ones: alpha 1 over rank 4.
    assertEquals(0.25, scale(pair(name).with(name + ".alpha").into(file())));
    assertEquals(
        3,
        scale(
            pair(name)
                .noting("lora_adapter_metadata", "{\"unet.r\": 4, \"unet.lora_alpha\": 12}")
                .into(file())));
    assertEquals(
        5,
        scale(
            pair(name)
                .noting(
                    "lora_adapter_metadata",
                    "{\"unet.r\": 2, \"unet.rank_pattern\": {\"attn1.to_q\": 4},"
                        + " \"unet.lora_alpha\": 12, \"unet.alpha_pattern\": {\"to_q\": 10},"
                        + " \"unet.use_rslora\": true}")
                .into(file())));
    Path contradiction = pair(name).noting("lora_adapter_metadata", "{\"unet.r\": 8}").into(file());
    assertTrue(refusal(contradiction).contains("rank"), refusal(contradiction));
  }

  @Test
  void refusesDoraThatOnlyTheConfigurationTells() throws IOException {
    Path lora = pair("base_model.model." + TO_Q).into(file());
    Files.writeString(
        folder.resolve("adapter_config.json"),
        "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 4, \"use_dora\": true}");
    assertTrue(refusal(lora).contains("DoRA"), refusal(lora));
  }

  @Test
  void asksWhichTextEncoderWhenTheFileDoesNotTell() throws IOException {
    String name = "base_model.model.text_model.encoder.layers.0.self_attn.q_proj";
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .with(name + ".lora_A.weight", 2, 48)
            .with(name + ".lora_B.weight", 48, 2);
    // Only the second encoder is 48 wide.
    AdaptedBundle adapted = adapt(writer.into(file()));
    assertTrue(adapted.changes(BundlePart.TEXT_ENCODER_2));
    assertTrue(!adapted.changes(BundlePart.TEXT_ENCODER) && !adapted.changes(BundlePart.UNET));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kohya.safetensors", "diffusers/pytorch_lora_weights.safetensors"})
  void refusesLorasAsEmbeddings(String lora) {
    Bundle bundle = Bundle.open(BUNDLE);
    Adapters adapters = new Adapters(List.of(), List.of(ADAPTERS.resolve(lora)));
    AdapterException refused =
        assertThrows(AdapterException.class, () -> AdaptedBundle.of(bundle, adapters));
    assertTrue(refused.getMessage().contains("LoRA"), refused.getMessage());
    assertEquals(List.of(Remedy.choose("lora")), refused.remedies());
  }

  @Test
  void refusesTokensThatAreThereAlready() {
    Bundle bundle = Bundle.open(BUNDLE);
    Path file = ADAPTERS.resolve("sar-crop.safetensors");
    String message =
        assertThrows(
                AdapterException.class,
                () -> AdaptedBundle.of(bundle, new Adapters(List.of(), List.of(file, file))))
            .getMessage();
    assertTrue(message.contains("sar-crop already"), message);
  }

  @Test
  void refusesEmbeddingsOfAnotherWidth() throws IOException {
    Path file = new SafetensorsWriter().with("<t>", 2, 20).into(file());
    Bundle bundle = Bundle.open(BUNDLE);
    String message =
        assertThrows(
                AdapterException.class,
                () -> AdaptedBundle.of(bundle, new Adapters(List.of(), List.of(file))))
            .getMessage();
    assertTrue(message.contains("20"), message);
  }
}
