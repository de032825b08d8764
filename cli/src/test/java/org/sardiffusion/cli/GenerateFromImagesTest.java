package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyReader;
import org.sardiffusion.geo.npy.NpyWriter;
import org.sardiffusion.pipelines.recipe.Generate;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;

class GenerateFromImagesTest {
  private static final Path CONTROL = Path.of("../runtime/src/test/resources/control");

  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void makeTheModel() throws IOException {
    model = Bundles.copy(Bundles.EPS, folder.resolve("model"));
    for (String name :
        List.of(
            "unet/model_controlnet.onnx", "unet/model_controlnet.onnx_data", "sar_config.json")) {
      try (InputStream in =
          new GZIPInputStream(
              Files.newInputStream(CONTROL.resolve("eps-vae8").resolve(name + ".gz")))) {
        Files.copy(in, model.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    for (String name : List.of("init", "control", "mask")) {
      Files.copy(CONTROL.resolve(name + "-64x64.npy"), folder.resolve(name + ".npy"));
    }
    Files.copy(CONTROL.resolve("init-96x64.npy"), folder.resolve("wide.npy"));
    Files.writeString(folder.resolve("text.npy"), "not an array");
    BufferedImage picture = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
    picture.getRaster().setSample(20, 30, 0, 200);
    ImageIO.write(picture, "png", folder.resolve("picture.png").toFile());
  }

  /** {@code generate}, with the words of {@code options} that name files put into the folder. */
  private CommandRun generate(String out, String options) {
    List<String> words = new ArrayList<>(List.of("--steps", "3"));
    for (String word : options.split(" ")) {
      String file = word.replaceFirst(":.*", "");
      boolean named = file.endsWith(".npy") || file.endsWith(".png");
      words.add(named ? folder.resolve(file) + word.substring(file.length()) : word);
    }
    return CommandRun.generate(model, folder.resolve(out), words.toArray(String[]::new));
  }

  @Test
  void controlledImageToImageIsRecordedAndReplayed() throws Exception {
    CommandRun run =
        generate(
            "made.npy",
            "--init-image wide.npy --strength 0.7 --control-image wide.npy:0.6 --control-end 0.9"
                + " --guess-mode --json");
    assertEquals(0, run.status(), run.err());
    JsonNode recipe = new ObjectMapper().readTree(run.out()).get("parameters");
    assertEquals("image_to_image", recipe.get("task").asText());
    assertEquals(0.7, recipe.get("strength").asDouble());
    assertTrue(recipe.at("/init_image/sha256").asText().matches("[0-9a-f]{64}"));
    assertEquals(0.6, recipe.at("/control/images/0/scale").asDouble());
    assertTrue(recipe.at("/control/guess_mode").asBoolean());
    // The size is the init image's.
    assertArrayEquals(new int[] {1, 64, 96}, NpyReader.read(folder.resolve("made.npy")).shape());

    String[] again = {
      "generate",
      "--from",
      folder.resolve("made.npy").toString(),
      "--model",
      model.toString(),
      "--out",
      folder.resolve("again.npy").toString()
    };
    run = CommandRun.of(again);
    assertEquals(0, run.status(), run.err());
    assertArrayEquals(
        NpyReader.read(folder.resolve("made.npy")).values(),
        NpyReader.read(folder.resolve("again.npy")).values());

    Files.copy(folder.resolve("wide.npy"), folder.resolve("former.npy"));
    Files.copy(
        folder.resolve("init.npy"),
        folder.resolve("wide.npy"),
        StandardCopyOption.REPLACE_EXISTING);
    run = CommandRun.of(again);
    assertEquals(1, run.status());
    assertTrue(run.err().contains("has changed since"), run.err());
    Files.delete(folder.resolve("wide.npy"));
    run = CommandRun.of(again);
    assertEquals(1, run.status());
    assertTrue(run.err().contains("not there any more"), run.err());

    Files.copy(folder.resolve("former.npy"), folder.resolve("wide.npy"));
    String[] other = Arrays.copyOf(again, again.length + 4);
    other[again.length] = "--strength";
    other[again.length + 1] = "0.5";
    other[again.length + 2] = "--seed";
    other[again.length + 3] = "5";
    run = CommandRun.of(other);
    assertEquals(0, run.status(), run.err());
    assertTrue(run.err().contains("strength 0.5, not 0.7"), run.err());
    assertTrue(run.err().contains("seed 5, not 0"), run.err());
    Generate like = (Generate) RecordedRecipe.of(folder.resolve("again.npy")).recipe();
    assertEquals(0.5, like.inputs().start().orElseThrow().strength());
    assertEquals(0.6, like.inputs().control().orElseThrow().images().get(0).scale());
    assertEquals(5, like.sampling().seed());
  }

  @Test
  void masksKeepWhatTheyDoNotCover() throws Exception {
    CommandRun run =
        generate("made.npy", "--init-image init.npy --mask mask.npy --scheduler ddpm --json");
    assertEquals(0, run.status(), run.err());
    JsonNode recipe = new ObjectMapper().readTree(run.out()).get("parameters");
    assertEquals("inpainting", recipe.get("task").asText());
    assertEquals(1, recipe.get("strength").asDouble());
    float[] before = NpyReader.read(folder.resolve("init.npy")).values();
    float[] mask = NpyReader.read(folder.resolve("mask.npy")).values();
    float[] after = NpyReader.read(folder.resolve("made.npy")).values();
    int changed = 0;
    for (int i = 0; i < before.length; i++) {
      if (mask[i] < 0.5f) {
        assertEquals(before[i], after[i]);
      } else {
        changed += before[i] != after[i] ? 1 : 0;
      }
    }
    assertTrue(changed > 100, changed + " pixels changed");
  }

  /** Colours of a picture are those of the same array. */
  @Test
  void controlImagesMayBeInColours() throws IOException {
    BufferedImage colours = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    float[] planes = new float[3 * 64 * 64];
    for (int i = 0; i < 64 * 64; i++) {
      colours.setRGB(i % 64, i / 64, (i * 2654435) & 0xFFFFFF);
      for (int c = 0; c < 3; c++) {
        planes[c * 64 * 64 + i] = (colours.getRGB(i % 64, i / 64) >> (16 - 8 * c) & 0xFF) / 255f;
      }
    }
    ImageIO.write(colours, "png", folder.resolve("colours.png").toFile());
    NpyWriter.write(folder.resolve("planes.npy"), new NpyArray(new int[] {3, 64, 64}, planes));
    CommandRun run = generate("a.npy", "--control-image colours.png");
    assertEquals(0, run.status(), run.err());
    run = generate("b.npy", "--control-image planes.npy");
    assertEquals(0, run.status(), run.err());
    assertArrayEquals(
        NpyReader.read(folder.resolve("b.npy")).values(),
        NpyReader.read(folder.resolve("a.npy")).values());
  }

  @Test
  void picturesAreReadAsFractionsOfWhite() {
    CommandRun run = generate("made.npy", "--init-image picture.png --strength 0.4");
    assertEquals(0, run.status(), run.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--strength 0.5|--init-image",
        "--mask mask.npy|--init-image",
        "--guess-mode|--control-image",
        "--control-end 0.5|--control-image",
        "--init-image init.npy --strength 1.5|strength must be",
        "--init-image init.npy --strength 0|strength must be",
        "--init-image init.npy --strength 0.2|less than one of 3 steps",
        "--init-image init.npy --width 96|64x64 pixels, but the image to make of 96x64",
        "--init-image init.npy --mask wide.npy|same size",
        "--init-image init.npy --control-image wide.npy|96x64 pixels",
        "--init-image none.npy|no file",
        "--control-image none.npy:0.5|no file",
        "--control-image init.npy --control-image control.npy|takes 1 control image",
        "--control-image init.npy --control-start 0.8 --control-end 0.2|start before it ends",
      })
  void wrongRequestsAreUsageErrors(String options, String message) {
    CommandRun run = generate("never.npy", options);
    assertEquals(2, run.status(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertTrue(Files.notExists(folder.resolve("never.npy")));
  }

  @Test
  void brokenImagesAreToldByName() {
    CommandRun run = generate("never.npy", "--init-image text.npy");
    assertEquals(1, run.status());
    assertTrue(run.err().contains("text.npy"), run.err());
  }

  @Test
  void modelsWithoutTheControlGraphAreTold() {
    CommandRun run =
        CommandRun.generate(
            Bundles.EPS,
            folder.resolve("never.npy"),
            "--control-image",
            folder.resolve("control.npy").toString());
    assertEquals(2, run.status());
    assertTrue(run.err().contains("has no ControlNet"), run.err());
  }

  @ParameterizedTest
  @CsvSource({
    "wide.npy, --init-image wide.npy --strength 0.7",
    "wide.npy, --control-image wide.npy:0.6",
    "new.npy, --init-image wide.npy --strength 0.7 --save-latents wide.npy",
    "new.npy, --save-latents new.npy",
  })
  void noOutputTakesThePlaceOfAnInputOrOfAnother(String out, String options) throws IOException {
    byte[] before = Files.readAllBytes(folder.resolve("wide.npy"));
    CommandRun run = generate(out, options);
    assertEquals(2, run.status(), run.err());
    assertTrue(run.err().contains("Choose another"), run.err());
    assertArrayEquals(before, Files.readAllBytes(folder.resolve("wide.npy")));
    assertTrue(Files.notExists(folder.resolve("new.npy")));
  }

  @Test
  void inspectShowsTheControlNets() throws Exception {
    CommandRun run = CommandRun.of("model", "inspect", model.toString(), "--json");
    assertEquals(0, run.status(), run.err());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals("controlnet", json.at("/controlnets/0").asText());
    JsonNode plain =
        new ObjectMapper()
            .readTree(CommandRun.of("model", "inspect", Bundles.EPS.toString(), "--json").out());
    long added = json.get("parameters").asLong() - plain.get("parameters").asLong();
    // The ControlNet's own, and the UNet's smallest weights, which lie in both graphs.
    assertTrue(added > 100_000 && added < plain.get("parameters").asLong() / 2, "added " + added);
    String text = CommandRun.of("model", "inspect", model.toString()).out();
    assertTrue(text.contains("unet_controlnet"), text);
  }
}
