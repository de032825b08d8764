package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong options and broken models: a clear message, the right exit code, nothing left behind. */
class BadInputTest {
  @TempDir private Path folder;
  private Path out;

  @BeforeEach
  void makeOutputFolder() throws IOException {
    out = Files.createDirectory(folder.resolve("out"));
  }

  /** What is done to a bundle. */
  private interface Damage {
    void to(Path bundle) throws IOException;
  }

  private static Arguments damage(String name, Damage damage, String message) {
    return Arguments.of(name, damage, message);
  }

  private static Damage truncated(String file) {
    return bundle -> {
      try (FileChannel channel = FileChannel.open(bundle.resolve(file), StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() / 2);
      }
    };
  }

  private static Damage deleted(String file) {
    return bundle -> Files.delete(bundle.resolve(file));
  }

  private static Damage written(String file, String text) {
    return bundle -> Files.writeString(bundle.resolve(file), text);
  }

  private static Damage replaced(String file, String what, String with) {
    return bundle -> {
      String text = Files.readString(bundle.resolve(file));
      assertTrue(text.contains(what), "the test bundle has changed");
      Files.writeString(bundle.resolve(file), text.replace(what, with));
    };
  }

  private static void turnIntoDiffusersFolder(Path bundle) throws IOException {
    for (String part : List.of("text_encoder", "text_encoder_2", "unet", "vae_decoder")) {
      Files.delete(bundle.resolve(part).resolve("model.onnx"));
    }
    Files.createFile(bundle.resolve("unet/diffusion_pytorch_model.safetensors"));
  }

  /** Points the first external weight of the UNet outside its folder. */
  private static void escape(Path bundle) throws IOException {
    Path file = bundle.resolve("unet/model.onnx");
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
      for (int i = 0; i < tensor.getExternalDataCount(); i++) {
        if (tensor.getExternalData(i).getKey().equals("location")) {
          tensor.getExternalDataBuilder(i).setValue("../text_encoder/model.onnx_data");
          Files.write(file, model.build().toByteArray());
          return;
        }
      }
    }
    throw new AssertionError("the test bundle has no external weights");
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        damage("no unet", deleted("unet/model.onnx"), "unet/model.onnx"),
        damage("half a unet", truncated("unet/model.onnx"), "unet/model.onnx"),
        damage("empty unet", written("unet/model.onnx", ""), "unet/model.onnx"),
        damage("no weights", deleted("unet/model.onnx_data"), "unet/model.onnx_data: is missing"),
        damage("half the weights", truncated("unet/model.onnx_data"), "is too short"),
        damage("half a decoder", truncated("vae_decoder/model.onnx"), "vae_decoder/model.onnx"),
        damage("half an encoder", truncated("text_encoder/model.onnx"), "text_encoder/model.onnx"),
        damage("weights elsewhere", BadInputTest::escape, "not a file of the model's own folder"),
        damage("diffusers", BadInputTest::turnIntoDiffusersFolder, "sar-diffusion export"),
        damage(
            "SD 1 pipeline",
            replaced("model_index.json", "StableDiffusionXLPipeline", "StableDiffusionPipeline"),
            "Stable Diffusion XL models only"),
        damage(
            "SD 1 unet",
            replaced("unet/config.json", "\"text_time\"", "null"),
            "\"addition_embed_type\" must be"),
        damage("no index", deleted("model_index.json"), "not a model bundle"),
        damage("no tokenizer", deleted("tokenizer_2/tokenizer.json"), "tokenizer_2"),
        damage("half a tokenizer", truncated("tokenizer/tokenizer.json"), "tokenizer.json"),
        damage("no vocabulary", written("tokenizer/tokenizer.json", "{}"), "tokenizer.json"),
        damage("no scheduler", deleted("scheduler/scheduler_config.json"), "scheduler_config.json"),
        damage(
            "scheduler not JSON",
            written("scheduler/scheduler_config.json", "{\"beta_start\": "),
            "scheduler_config.json: not valid JSON"),
        damage(
            "scheduler a list",
            written("scheduler/scheduler_config.json", "[]"),
            "must be a JSON object"),
        damage(
            "unknown scheduler class",
            replaced(
                "model_index.json", "EulerDiscreteScheduler", "FlowMatchEulerDiscreteScheduler"),
            "FlowMatchEulerDiscreteScheduler"),
        damage(
            "scheduler of text betas",
            replaced("scheduler/scheduler_config.json", "0.00085", "\"small\""),
            "beta_start"),
        damage(
            "unet not JSON", truncated("unet/config.json"), "unet/config.json is not valid JSON"),
        damage("unet a number", written("unet/config.json", "7"), "does not hold a JSON object"),
        damage(
            "vae not JSON", truncated("vae_decoder/config.json"), "vae_decoder/config.json is not"),
        damage("card not JSON", truncated("sar_config.json"), "sar_config.json is not valid JSON"),
        damage(
            "card of tomorrow",
            replaced("sar_config.json", "\"format_version\": 1", "\"format_version\": 2"),
            "Update sar-diffusion"),
        damage(
            "card that escapes",
            replaced("sar_config.json", "\"unet/config.json\"", "\"../../../../../../etc/passwd\""),
            "lies outside the bundle"),
        damage(
            "card with an absolute path",
            replaced("sar_config.json", "\"unet/config.json\"", "\"/etc/passwd\""),
            "lies outside the bundle"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void aBrokenModelIsRefused(String name, Damage damage, String message) throws IOException {
    Path bundle = Bundles.copy(Bundles.EPS, folder.resolve("bundle"));
    damage.to(bundle);
    CommandRun run = CommandRun.generate(bundle, out.resolve("x.tif"), "--steps", "1");
    assertRefused(run, 1, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --prompt twice                       | 2 | --prompt is given twice
          --seed 1 --seed 2                    | 2 | --seed is given twice
          --guidance 7,5                       | 2 | is not a number: write 7.5.
          --gpu-memory 7,5                     | 2 | is not a number: write 7.5.
          --batch-size 1.5                     | 2 | '1.5' is not a whole number
          --count 2 --seed 9223372036854775807 | 2 | Seed 9223372036854775807 leaves no room for 2
          --sample-type real                   | 2 | expected one of [
          --steps 0                            | 2 | at least 1
          --steps -3                           | 2 | at least 1
          --steps many                         | 2 | --steps
          --guidance NaN                       | 2 | finite
          --guidance Infinity                  | 2 | finite
          --guidance-rescale 2                 | 2 | rescale
          --guidance-interval 0.9,0.1          | 2 | interval
          --scheduler eulr                     | 2 | Did you mean "euler"?
          --scheduler ddim_karras              | 2 | no Karras noise levels
          --width 65                           | 2 | multiples of 32
          --width 0                            | 2 | at least 1
          --height -64                         | 2 | at least 1
          --count 0                            | 2 | at least 1
          --batch-size 0                       | 2 | at least 1
          --eta 2                              | 2 | eta
          --clip-skip -1                       | 2 | at least 0
          --clip-skip 9                        | 1 | clip skip
          --threads 0                          | 2 | threads
          --gpu-memory 0                       | 2 | memory
          --device tpu                         | 2 | use cpu, cuda or cuda:N
          --device cuda                        | 1 | CUDA
          --origin 0,0                         | 2 | needs a crs
          --crs EPSG:32631                     | 2 | needs an origin
          --crs EPSG:32631 --origin here       | 2 | pair of numbers
          --crs EPSG:99999 --origin 0,0        | 2 | EPSG:99999
          --crs nowhere --origin 0,0           | 2 | nowhere
          --pixel-size 0                       | 2 | pixel
          --pixel-size NaN                     | 2 | pixel
          --original-size 64x                  | 2 | WIDTHxHEIGHT
          --timesteps 10,900                   | 2 | descend
          --steps 2 --timesteps 900,10         | 2 | give one of them
          --from x.tif                         | 1 | no such file
          --sample-type int7                   | 2 | --sample-type
          --compression zip                    | 2 | --compression
          --stepz 3                            | 2 | --steps
          stray                                | 2 | stray
          --model nowhere                      | 2 | --model
          """)
  void wrongOptionsAreRefused(String options, int status, String message) throws IOException {
    CommandRun run =
        CommandRun.generate(Bundles.EPS, out.resolve("x.tif"), options.strip().split(" "));
    assertRefused(run, status, message);
  }

  @Test
  void aModelThatIsNotThereIsRefused() throws IOException {
    assertRefused(
        CommandRun.generate(folder.resolve("nowhere"), out.resolve("x.tif")),
        1,
        "There is no model folder");
  }

  @Test
  void outputsThatCantBeWrittenAreRefusedBeforeTheWork() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "a file");
    // Many steps: the test would take minutes if the work came first.
    for (Path path : List.of(file.resolve("x.tif"), file.resolve("deeper/x.npy"))) {
      assertRefused(
          CommandRun.generate(Bundles.EPS, path, "--steps", "900"), 1, path.getParent().toString());
    }
    assertRefused(
        CommandRun.generate(
            Bundles.EPS,
            out.resolve("x.tif"),
            "--steps",
            "900",
            "--save-latents",
            file.resolve("l.npy").toString()),
        1,
        file.toString());
    assertEquals("a file", Files.readString(file));
  }

  @Test
  void endingsThatNameNoFormatAreRefused() throws IOException {
    for (String name : List.of("x.jpg", "x", ".tif.")) {
      assertRefused(CommandRun.generate(Bundles.EPS, out.resolve(name)), 2, ".npy");
    }
  }

  @Test
  void somethingMustBeAskedFor() throws IOException {
    assertRefused(CommandRun.of(), 2, "Say what to do");
    assertRefused(CommandRun.of("model"), 2, "Say what to do");
    assertRefused(CommandRun.of("generate"), 2, "--prompt");
    assertRefused(CommandRun.of("generate", "--prompt"), 2, "--prompt");
    assertRefused(CommandRun.of("generat"), 2, "Did you mean: sar-diffusion generate");
    assertRefused(CommandRun.of("model", "inspekt"), 2, "model inspect");
  }

  @Test
  void theTraceOfAnErrorIsThereForThoseWhoAsk() throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("model", "inspect", folder.resolve("nowhere").toString()));
    assertRefused(CommandRun.of(arguments), 1, "There is no model folder");
    arguments.add("--stacktrace");
    assertTrue(CommandRun.of(arguments).err().contains("\tat org.sardiffusion"));
  }

  private void assertRefused(CommandRun run, int status, String message) throws IOException {
    assertTrue(run.err().startsWith("sar-diffusion: "), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(run.err().contains("should not have"), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
    assertEquals("", run.out());
    assertEquals(status, run.status(), run.err());
    assertEquals(List.of(), Bundles.under(out), "left behind");
  }
}
