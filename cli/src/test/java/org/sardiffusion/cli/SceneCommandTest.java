package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.Raster;

class SceneCommandTest {
  @TempDir Path folder;

  private List<String> arguments(String out, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "scene",
                "--model",
                Bundles.EPS.toAbsolutePath().toString(),
                "--prompt",
                "A <SAR> image of a forest",
                "--out",
                folder.resolve(out).toString()));
    arguments.addAll(List.of(more));
    return arguments;
  }

  private CommandRun run(String out, String... more) {
    return CommandRun.of(arguments(out, more));
  }

  @Test
  void makesASceneOfSoManyMetres() throws IOException {
    CommandRun run =
        run(
            "a.tif",
            "--extent",
            "60x40.5",
            "--steps",
            "1",
            "--window",
            "10,20,100,50",
            "--crs",
            "EPSG:32631",
            "--origin",
            "500000,5400000",
            "--sample-type",
            "uint8",
            "--preview",
            folder.resolve("a.png").toString(),
            "--json");
    assertEquals(0, run.status(), run.err());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals(100, json.at("/size/0").asInt());
    assertEquals(150, json.at("/parameters/size/0").asInt());
    assertEquals(101, json.at("/parameters/size/1").asInt());
    assertEquals("[10,20,100,50]", json.at("/parameters/window").toString());
    assertTrue(json.at("/tiles").asInt() > 1, run.out());
    assertEquals(2, json.at("/outputs/0/beside").size());
    assertTrue(run.err().contains("a scene of 150x101 pixels"), run.err());
    try (Raster raster = Rasters.open(folder.resolve("a.tif"))) {
      assertEquals(100, raster.width());
      assertEquals(50, raster.height());
      AffineGrid grid = (AffineGrid) raster.metadata().georeference();
      assertEquals(new Affine(500_004, 0.4, 0, 5_399_992, 0, -0.4), grid.map());
    }
    assertEquals(100, ImageIO.read(folder.resolve("a.png").toFile()).getWidth());
    assertEquals(List.of("a.png", "a.stac.json", "a.tif"), Bundles.under(folder));
  }

  /** The very scene, a part of it, and one more of its kind. */
  @Test
  void aSceneIsMadeAgainFromItsRecipe() throws IOException {
    Files.writeString(
        folder.resolve("l.csv"), "prompt,x,y,width,height\na forest,,,64,\na port,64,,,\n");
    List<String> first =
        List.of(
            "scene",
            "--prompt-list",
            folder.resolve("l.csv").toString(),
            "--blend",
            "4",
            "--width",
            "128",
            "--height",
            "96",
            "--steps",
            "2",
            "--seed",
            "7",
            "--crs",
            "EPSG:32631",
            "--origin",
            "500000,5400000",
            "--model",
            Bundles.EPS.toString(),
            "--out",
            folder.resolve("a.tif").toString());
    CommandRun run = CommandRun.of(first);
    assertEquals(0, run.status(), run.err());
    assertEquals(0, again("again.tif").status());
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("a.tif")),
        Files.readAllBytes(folder.resolve("again.tif")));

    run = again("part.tif", "--window", "32,16,40,24");
    assertEquals(0, run.status(), run.err());
    try (Raster whole = Rasters.open(folder.resolve("a.tif"));
        Raster part = Rasters.open(folder.resolve("part.tif"))) {
      float[] all = new float[128 * 96];
      whole.readRows(0, 96, all);
      float[] some = new float[40 * 24];
      part.readRows(0, 24, some);
      for (int row = 0; row < 24; row++) {
        for (int column = 0; column < 40; column++) {
          assertEquals(all[(row + 16) * 128 + column + 32], some[row * 40 + column], 1e-5f);
        }
      }
    }

    run = again("other.tif", "--seed", "8");
    assertEquals(0, run.status(), run.err());
    assertTrue(run.err().contains("seed 8, not 7"), run.err());

    Files.writeString(folder.resolve("l.csv"), "prompt\na forest\n");
    run = again("never.tif");
    assertEquals(1, run.status(), run.err());
    assertTrue(run.err().contains("has changed since"), run.err());
  }

  private CommandRun again(String out, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "scene",
                "--from",
                folder.resolve("a.tif").toString(),
                "--model",
                Bundles.EPS.toString(),
                "--out",
                folder.resolve(out).toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--width 64|Give --width and --height",
        "--width 64 --height 64 --extent 10x10|give one of both",
        "--extent 10|is not an extent",
        "--extent 0x5|is not an extent",
        "--width 64 --height 64 --count 2|Unknown options: '--count'",
        "--width 64 --height 64 --window 0,0,65,64|but the scene has 64x64 pixels",
        "--width 64 --height 64 --window 0,0,0,64|at least one pixel",
        "--width 64 --height 64 --window 0,0,9|is not a window",
        "--width 64 --height 64 --compression lzw|expected one of [none, deflate, zstd], not",
        "--width 64 --height 64 --origin 1,2|needs a crs",
        "--width 99999999 --height 64|up to 1048576 pixels on a side",
        "--width 64 --height 64 --preview p.tif|.png",
      })
  void wrongOptionsAreExplained(String options, String message) throws IOException {
    CommandRun run = run("a.tif", options.split(" "));
    assertEquals(2, run.status(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertEquals(List.of(), Bundles.under(folder));
  }

  @Test
  void onlyGeoTiffsAreWritten() throws IOException {
    CommandRun run = run("a.png", "--width", "64", "--height", "64");
    assertEquals(2, run.status(), run.err());
    assertTrue(run.err().contains("name a .tif file"), run.err());
    assertEquals(List.of(), Bundles.under(folder));
  }

  /** Ctrl-C in a real process: the same command continues, to the same file. */
  @Test
  void interruptedItContinues() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "needs the tools of Linux");
    String[] size = {"--width", "300", "--height", "260", "--steps", "4"};
    assertEquals(0, run("whole.tif", size).status());
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "--default-signal=INT",
                "CLASSPATH=" + System.getProperty("java.class.path"),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "org.sardiffusion.cli.Main"));
    command.addAll(arguments("a.tif", size));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Path work = folder.resolve("a.tif.scene");
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
      while (process.isAlive() && !Files.exists(work.resolve("sampler1-1"))) {
        assertTrue(System.nanoTime() < deadline, "the process makes nothing");
        Thread.sleep(1);
      }
      assertEquals(
          0, new ProcessBuilder("/bin/kill", "-INT", "" + process.pid()).start().waitFor());
      assertTrue(process.waitFor(20, TimeUnit.SECONDS), "still running");
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(130, process.exitValue(), said);
      assertTrue(said.contains("interrupted; " + work), said);
      assertTrue(said.contains("the same command continues"), said);
      assertFalse(said.contains("nothing was left behind"), said);
    } finally {
      process.destroyForcibly();
    }
    CommandRun other = run("a.tif", "--width", "300", "--height", "260", "--steps", "3");
    assertEquals(2, other.status(), other.err());
    assertTrue(other.err().contains("differs from this one in steps"), other.err());
    CommandRun rest = run("a.tif", size);
    assertEquals(0, rest.status(), rest.err());
    assertTrue(rest.err().contains("continuing: "), rest.err());
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole.tif")),
        Files.readAllBytes(folder.resolve("a.tif")));
    assertFalse(Files.exists(work));
  }
}
