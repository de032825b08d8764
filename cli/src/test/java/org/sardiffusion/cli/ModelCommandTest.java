package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void listsGoodAndBrokenBundlesAndNothingElse() throws IOException {
    Bundles.copy(Bundles.EPS, folder.resolve("good"));
    Files.delete(
        Bundles.copy(Bundles.OPTIMUM, folder.resolve("broken")).resolve("unet/model.onnx"));
    Files.createDirectory(folder.resolve("other"));
    CommandRun run = CommandRun.of("model", "list", "--in", folder.toString(), "--json");
    assertEquals(0, run.status(), run.err());
    List<JsonNode> models =
        JSON.readTree(run.out())
            .get("models")
            .valueStream()
            .filter(model -> model.get("path").asText().startsWith(folder.toString()))
            .toList();
    assertEquals(2, models.size(), run.out());
    assertTrue(models.get(0).get("problem").asText().contains("unet/model.onnx"), run.out());
    assertEquals("eps-vae8", models.get(1).get("name").asText());
    assertEquals("fp32", models.get(1).get("dtype").asText());
    assertEquals(3_028_928, models.get(1).get("bytes").asLong());

    String table = CommandRun.of("model", "list", "--in", folder.toString()).out();
    assertTrue(table.startsWith("NAME"), table);
    assertTrue(table.contains("3.0 MB"), table);
  }

  @Test
  void aFolderThatWasNamedMustBeThere() {
    CommandRun run = CommandRun.of("model", "list", "--in", folder.resolve("none").toString());
    assertEquals(1, run.status());
    assertEquals("", run.out());
    assertTrue(run.err().contains("Can't list"), run.err());
  }

  @Test
  void inspectsWhatABundleHolds() throws IOException {
    JsonNode json = inspect(Bundles.EPS);
    assertEquals("eps-vae8", json.get("name").asText());
    assertTrue(json.get("sha256").asText().matches("[0-9a-f]{64}"));
    assertEquals(64, json.at("/size/width").asInt());
    assertEquals(32, json.at("/size/multiple").asInt());
    assertEquals(8, json.at("/vae/factor").asInt());
    assertEquals(0.13025, json.at("/vae/scaling_factor").asDouble());
    assertEquals(5, json.get("parts").size());
    assertEquals("unet", json.at("/parts/2/part").asText());
    assertEquals("sample", json.at("/parts/2/inputs/0/name").asText());
    assertEquals(
        "[\"batch\",4,\"height\",\"width\"]", json.at("/parts/2/inputs/0/shape").toString());
    assertEquals(1114, json.at("/tokenizers/0/trigger_token_id").asInt());
    assertEquals("!", json.at("/tokenizers/1/padding_token").asText());
    assertEquals("EulerDiscreteScheduler", json.at("/scheduler/class").asText());
    assertEquals("leading", json.at("/scheduler/options/timestep_spacing").asText());
    assertFalse(json.at("/scheduler/options").has("use_karras_sigmas"), "false is not set");
    assertEquals(0.4, json.get("pixel_spacing_m").asDouble());
    assertEquals("X", json.get("band").asText());
    assertEquals("sar-trainer 0.1.0", json.at("/provenance/exporter").asText());
    assertEquals("2.11.0", json.at("/provenance/software.torch").asText());
  }

  @Test
  void inspectsForeignExports() throws IOException {
    JsonNode json = inspect(Bundles.OPTIMUM);
    assertEquals("optimum", json.get("name").asText());
    assertFalse(json.has("provenance"));
    assertEquals(5, json.get("parts").size());
  }

  @Test
  void knowsHalfPrecision() throws IOException {
    assertEquals("fp16", inspect(Bundles.FP16).get("dtype").asText());
  }

  private static JsonNode inspect(Path bundle) throws IOException {
    CommandRun run = CommandRun.of("model", "inspect", bundle.toString(), "--json");
    assertEquals(0, run.status(), run.err());
    return JSON.readTree(run.out());
  }

  @Test
  void inspectsForPeople() {
    CommandRun run = CommandRun.of("model", "inspect", "--model", Bundles.EPS.toString());
    assertEquals(0, run.status(), run.err());
    for (String expected :
        List.of(
            "Apache-2.0",
            "64 x 64 pixels by default; sides are multiples of 32",
            "encoder_hidden_states",
            "<SAR> is token 1114",
            "Scheduler EulerDiscreteScheduler",
            "prediction_type")) {
      assertTrue(run.out().contains(expected), run.out());
    }
  }

  @Test
  void takesOneModelOnly() {
    String model = Bundles.EPS.toString();
    CommandRun run = CommandRun.of("model", "inspect", model, "--model", model);
    assertEquals(2, run.status());
    assertTrue(run.err().contains("once"), run.err());
  }

  @Test
  void verifiesASoundBundle() throws IOException {
    JsonNode json = JSON.readTree(verify(0, Bundles.EPS, "--json").out());
    assertTrue(json.get("passed").asBoolean());
    assertEquals("files", json.at("/checks/0/subject").asText());
    assertEquals(
        List.of("passed"),
        json.get("checks").valueStream().map(c -> c.get("result").asText()).distinct().toList());
    assertEquals(
        "vae_encoder",
        json.get("checks").get(json.get("checks").size() - 1).get("subject").asText());
  }

  @Test
  void saysWhenThereIsNothingToCheckAgainst() {
    CommandRun run = verify(0, Bundles.OPTIMUM);
    assertTrue(run.out().contains("no hashes to check against"), run.out());
    assertTrue(run.out().contains("ok      generation"), run.out());
  }

  @Test
  void verifiesHalfPrecision() {
    assertTrue(verify(0, Bundles.FP16).out().contains("ok      vae_encoder"));
  }

  @Test
  void namesMissingChangedAndUnlistedFiles() throws IOException {
    Path bundle = Bundles.copy(Bundles.EPS, folder.resolve("bundle"));
    Files.delete(bundle.resolve("text_encoder/config.json"));
    Files.writeString(bundle.resolve("unlisted.txt"), "hello");
    byte[] weights = Files.readAllBytes(bundle.resolve("unet/model.onnx_data"));
    weights[weights.length / 2] ^= 1;
    Files.write(bundle.resolve("unet/model.onnx_data"), weights);
    Path index = bundle.resolve("model_index.json");
    Files.writeString(index, Files.readString(index) + "\n");
    String out = verify(1, bundle).out();
    assertTrue(out.contains("FAILED  text_encoder/config.json: is missing"), out);
    assertTrue(out.contains("FAILED  unet/model.onnx_data: has changed"), out);
    assertTrue(out.contains("FAILED  model_index.json: is 672 bytes long, but should be 671"), out);
    assertTrue(out.contains("note    unlisted.txt"), out);
    assertTrue(out.contains("ok      generation"), out);
  }

  @Test
  void namesGraphsThatCantBeRead() throws IOException {
    Path bundle = Bundles.copy(Bundles.OPTIMUM, folder.resolve("bundle"));
    Path graph = bundle.resolve("vae_encoder/model.onnx");
    byte[] bytes = Files.readAllBytes(graph);
    Files.write(graph, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    String out = verify(1, bundle).out();
    assertTrue(out.contains("FAILED  vae_encoder/model.onnx"), out);
    assertTrue(out.contains("skipped generation"), out);
  }

  @Test
  void namesWeightsThatAreNotNumbers() throws IOException {
    Path bundle = Bundles.copy(Bundles.EPS, folder.resolve("bundle"));
    Path weights = bundle.resolve("unet/model.onnx_data");
    byte[] bytes = Files.readAllBytes(weights);
    java.util.Arrays.fill(bytes, (byte) 0xFF);
    Files.write(weights, bytes);
    String out = verify(1, bundle).out();
    assertTrue(out.contains("FAILED  generation"), out);
    assertTrue(out.contains("not finite"), out);
  }

  private static CommandRun verify(int status, Path bundle, String... more) {
    List<String> arguments =
        new java.util.ArrayList<>(List.of("model", "verify", bundle.toString()));
    arguments.addAll(List.of(more));
    CommandRun run = CommandRun.of(arguments);
    assertEquals(status, run.status(), run.out() + run.err());
    return run;
  }
}
