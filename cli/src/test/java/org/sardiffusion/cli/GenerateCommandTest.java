package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.geo.internal.tiff.GeoTiffReader;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyReader;

class GenerateCommandTest {
  @TempDir private Path folder;

  private CommandRun generate(String out, String... more) {
    String[] arguments = Arrays.copyOf(more, more.length + 2);
    arguments[more.length] = "--steps";
    arguments[more.length + 1] = "2";
    return CommandRun.generate(Bundles.EPS, folder.resolve(out), arguments);
  }

  /** The pixels of an image as numbers, whatever the format. */
  private float[] pixels(String name) throws Exception {
    Path file = folder.resolve(name);
    if (name.endsWith(".npy")) {
      return NpyReader.read(file).values();
    }
    if (name.endsWith(".tif")) {
      return GeoTiffReader.read(file).image().samples();
    }
    BufferedImage image = ImageIO.read(file.toFile());
    return image
        .getRaster()
        .getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (float[]) null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tif", "a.png", "a.npy"})
  void writesAnImageAndMakesItAgainFromItself(String name) throws Exception {
    CommandRun first =
        generate(
            name,
            "--seed",
            "7",
            "--negative-prompt",
            "",
            "--guidance",
            "3",
            "--scheduler",
            "euler_a",
            "--crop",
            "8,16");
    assertEquals(0, first.status(), first.err());
    assertEquals(folder.resolve(name) + System.lineSeparator(), first.out());
    float[] pixels = pixels(name);
    assertEquals(64 * 64, pixels.length);
    assertNotEquals(pixels[0], pixels[pixels.length / 2], "a flat image proves nothing");

    CommandRun again =
        CommandRun.of(
            "generate",
            "--from",
            folder.resolve(name).toString(),
            "--model",
            Bundles.EPS.toString(),
            "--out",
            folder.resolve("again-" + name).toString());
    assertEquals(0, again.status(), again.err());
    assertArrayEquals(pixels, pixels("again-" + name));
  }

  @Test
  void everyImageOfManyIsTheOneThatItsSeedMakesAlone() throws Exception {
    CommandRun many = generate("f.tif", "--seed", "41", "--count", "2");
    assertEquals(0, many.status(), many.err());
    assertEquals(
        List.of("f_41.stac.json", "f_41.tif", "f_42.stac.json", "f_42.tif"), Bundles.under(folder));
    assertEquals(0, generate("alone.tif", "--seed", "42").status());
    assertArrayEquals(pixels("alone.tif"), pixels("f_42.tif"));
  }

  @Test
  void manyImagesShareOneArray() {
    assertEquals(0, generate("f.npy", "--count", "2", "--height", "32").status());
    assertArrayEquals(new int[] {2, 32, 64}, NpyReader.read(folder.resolve("f.npy")).shape());
  }

  @Test
  void savesTheLatentsOfAllImages() {
    Path latents = folder.resolve("l.npy");
    CommandRun run =
        generate("f.png", "--count", "2", "--width", "96", "--save-latents", latents.toString());
    assertEquals(0, run.status(), run.err());
    NpyArray array = NpyReader.read(latents);
    assertArrayEquals(new int[] {2, 4, 8, 12}, array.shape());
  }

  @Test
  void tellsProgramsWhatItDid() throws Exception {
    CommandRun run = generate("f.tif", "--seed", "7", "--json");
    assertEquals(0, run.status(), run.err());
    assertEquals(1, run.out().lines().count());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals(folder.resolve("f.tif").toString(), json.at("/outputs/0/file").asText());
    assertEquals(7, json.at("/outputs/0/seed").asInt());
    assertEquals(folder.resolve("f.stac.json").toString(), json.at("/outputs/0/beside/0").asText());
    assertEquals(7, json.get("seed").asInt());
    assertEquals(2, json.at("/parameters/steps").asInt());
    assertEquals("eps-vae8", json.at("/parameters/model/name").asText());
    for (String stage : List.of("encode", "denoise", "unet", "decode", "write", "total")) {
      assertTrue(json.at("/seconds/" + stage).isNumber(), stage);
    }
    assertTrue(json.at("/seconds/total").asDouble() >= json.at("/seconds/unet").asDouble());
    assertTrue(json.at("/warnings/0").asText().contains("--crs"), run.out());
  }

  @Test
  void saysWhereTheImageLies() throws Exception {
    CommandRun run = generate("f.tif", "--crs", "EPSG:32631", "--origin", "500000,5400000");
    assertEquals(0, run.status());
    assertEquals("", run.err());
    JsonNode item = new ObjectMapper().readTree(folder.resolve("f.stac.json").toFile());
    assertTrue(item.toString().contains("32631"), item::toString);
  }

  @Test
  void staysQuietWhereAsked() {
    CommandRun run = generate("f.tif", "--quiet");
    assertEquals(new CommandRun(0, "", ""), run);
  }

  @Test
  void halfPrecisionRunsInSinglePrecisionOnTheProcessor() throws Exception {
    CommandRun run =
        CommandRun.generate(Bundles.FP16, folder.resolve("f.npy"), "--steps", "1", "--low-memory");
    assertEquals(0, run.status(), run.err());
    assertEquals(List.of("f.json", "f.npy"), Bundles.under(folder));
  }

  @Test
  void replayRefusesAnotherModel() throws Exception {
    assertEquals(0, generate("f.png").status());
    CommandRun run =
        CommandRun.of(
            "generate",
            "--from",
            folder.resolve("f.png").toString(),
            "--model",
            Bundles.OPTIMUM.toString(),
            "--out",
            folder.resolve("g.png").toString());
    assertEquals(1, run.status());
    assertEquals("", run.out());
    assertTrue(run.err().contains("was made by the model eps-vae8"), run.err());
    assertEquals(List.of("f.png"), Bundles.under(folder));
  }

  @Test
  void replayRefusesAnImageWithoutRecipe() throws Exception {
    Path foreign = folder.resolve("foreign.png");
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY), "png", foreign.toFile());
    CommandRun run =
        CommandRun.of(
            "generate",
            "--from",
            foreign.toString(),
            "--model",
            Bundles.EPS.toString(),
            "--out",
            folder.resolve("g.png").toString());
    assertEquals(1, run.status());
    assertTrue(run.err().contains("does not say how it was made"), run.err());
    assertEquals(List.of("foreign.png"), Bundles.under(folder));
  }

  @Test
  void anImageThatExistsSurvivesAFailure() throws Exception {
    Files.writeString(folder.resolve("f.png"), "precious");
    assertEquals(2, generate("f.png", "--width", "33").status());
    assertEquals("precious", Files.readString(folder.resolve("f.png")));
  }

  @Test
  void hasTheOptionsOfTheDesign() {
    String options =
        Main.commandLine().getSubcommands().get("generate").getCommandSpec().options().stream()
            .map(option -> option.longestName())
            .collect(Collectors.joining(" ", " ", " "));
    for (String name :
        List.of(
            "--model --prompt --negative-prompt --seed --steps --guidance --guidance-rescale",
            "--scheduler --width --height --count --device --threads --out --save-latents --json",
            "--crs --origin --pixel-size --original-size --crop --target-size --from")) {
      for (String one : name.split(" ")) {
        assertTrue(options.contains(" " + one + " "), one);
      }
    }
  }
}
