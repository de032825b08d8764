package org.sardiffusion.pipelines.scene;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ControlledBundle;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.schedule.SamplerName;

/**
 * Kills a real process at random moments: the finished scene equals that of a run that nobody
 * killed. {@code -Dsardiffusion.kills=50} kills it more often than the usual test.
 */
class SceneKillTest {
  private static final int KILLS = Integer.getInteger("sardiffusion.kills", 2);

  @TempDir Path folder;

  /** One scene, as its own process: the file. */
  public static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      make(Path.of(arguments[0]));
    }
  }

  private static void make(Path file) {
    Sampling sampling =
        Sampling.DIFFUSERS.withSeed(2).withSteps(3).withSampler(SamplerName.DPMPP_2M_SDE);
    SceneOutput output =
        new SceneOutput(
            file, AffineGrid.unreferenced(0.4), WriteOptions.defaults(), Optional.empty());
    try (Model opened = Model.open(ControlledBundle.plain(), ModelOptions.cpu(), notice -> {});
        Cancellation cancellation = new Cancellation()) {
      SceneSynthesis synthesis = new SceneSynthesis(opened);
      synthesis.run(
          new SceneRequest(
              SceneExtent.whole(new Size(300, 220)),
              ScenePrompts.of("A <SAR> image of a city"),
              sampling,
              output),
          Progress.NONE,
          cancellation);
    }
  }

  @Test
  void aKilledSceneEndsAsIfNothingHadHappened() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    System.out.println("SceneKillTest: seed " + seed);
    Path whole = folder.resolve("whole/scene.tif");
    make(whole);
    Path killed = folder.resolve("killed/scene.tif");
    for (int kill = 0; kill < KILLS && !Files.exists(killed); kill++) {
      kill(killed, 1 + random.nextInt(4), random.nextInt(60));
    }
    make(killed);
    assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(killed));
    assertArrayEquals(
        Files.readAllBytes(whole.resolveSibling("scene.stac.json")),
        Files.readAllBytes(killed.resolveSibling("scene.stac.json")));
    try (var files = Files.list(killed.getParent())) {
      assertEquals(2, files.count(), "neither work nor partial files are left");
    }
  }

  /** Kills a run that has journalled so many rows of tiles, a little later. */
  private void kill(Path file, int rows, long millis) throws Exception {
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            Child.class.getName(),
            file.toString());
    // As an option it might be too long: ONNX Runtime bears command lines of less than 4096 bytes.
    java.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process child =
        java.redirectErrorStream(true).redirectOutput(folder.resolve("child.log").toFile()).start();
    Path progress = file.resolveSibling("scene.tif.scene/progress");
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
      FileTime last = time(progress);
      int seen = 0;
      while (child.isAlive() && seen < rows) {
        assertTrue(System.nanoTime() < deadline, "the child makes nothing");
        Thread.sleep(1);
        FileTime now = time(progress);
        if (!now.equals(last)) {
          last = now;
          seen++;
        }
      }
      Thread.sleep(millis);
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  private static FileTime time(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (java.io.IOException e) {
      // Not there, or no more.
      return FileTime.fromMillis(0);
    }
  }
}
