package org.sardiffusion.pipelines.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.internal.dataset.WrittenFile;
import org.sardiffusion.pipelines.list.PromptList;
import org.sardiffusion.pipelines.plan.BatchPlan;
import org.sardiffusion.pipelines.plan.PlanSettings;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;

/**
 * Kills a real process at random moments: the finished dataset equals that of a run that nobody
 * killed. {@code -Dsardiffusion.kills=50} kills it more often than the usual test.
 */
class BatchKillTest {
  private static final int KILLS = Integer.getInteger("sardiffusion.kills", 3);

  @TempDir Path folder;

  /** One batch, as its own process: list, folder, how it is shared. */
  public static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      make(Path.of(arguments[0]), Path.of(arguments[1]), Share.parse(arguments[2]));
    }
  }

  private static void make(Path list, Path dataset, Share share) {
    BatchPlan plan =
        BatchPlan.of(
                PromptList.read(list),
                PlanSettings.of(
                    new Size(64, 64),
                    Sampling.DIFFUSERS.withSteps(1),
                    AffineGrid.unreferenced(0.4)))
            .withBatchSize(3);
    try (Model opened =
            Model.open(
                Bundle.open(Path.of("../runtime/src/test/resources/bundles/eps-vae8")),
                BatchRun.options(
                    Bundle.open(Path.of("../runtime/src/test/resources/bundles/eps-vae8")),
                    ModelOptions.cpu()),
                notice -> {});
        Cancellation cancellation = new Cancellation()) {
      BatchRun run = new BatchRun(opened);
      run.make(
          plan,
          BatchOutput.to(dataset, ImageFormat.GEOTIFF).with(share),
          BatchListener.NONE,
          cancellation);
    }
  }

  @Test
  void aKilledBatchEndsAsIfNothingHadHappened() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    System.out.println("BatchKillTest: seed " + seed);
    Path list =
        Files.writeString(
            folder.resolve("list.csv"),
            "prompt,label,count\na forest,forest," + 4 * KILLS + "\na field,field,5\n");
    Path whole = folder.resolve("whole/dataset");
    make(list, whole, Shard.ALL);

    Path killed = folder.resolve("killed/dataset");
    for (int kill = 0; kill < KILLS; kill++) {
      kill(list, killed, 1 + random.nextInt(3), random.nextInt(40));
    }
    make(list, killed, Shard.ALL);

    assertEquals(files(whole), files(killed));
    long done =
        Files.readAllLines(killed.resolve("journal.jsonl")).stream()
            .filter(line -> line.startsWith("{\"done\""))
            .map(line -> line.substring(0, 30))
            .distinct()
            .count();
    assertEquals(done, lines(killed) - 1, "each image once, after the header");
  }

  private void kill(Path list, Path dataset, int images, long millis) throws Exception {
    long before = lines(dataset);
    Process child = start(list, dataset, "1/1");
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (child.isAlive() && lines(dataset) < before + images) {
        assertTrue(System.nanoTime() < deadline, "the child makes nothing");
        Thread.sleep(2);
      }
      Thread.sleep(millis);
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  private Process start(Path list, Path dataset, String share) throws IOException {
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            Child.class.getName(),
            list.toString(),
            dataset.toString(),
            share);
    // As an option it might be too long: ONNX Runtime bears command lines of less than 4096 bytes.
    java.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return java.redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("child.log").toFile()))
        .start();
  }

  /** Three at once, two of which are killed and one comes later: no image is made twice. */
  @Test
  void processesShareAFolderByClaims() throws Exception {
    Path list =
        Files.writeString(
            folder.resolve("list.csv"),
            "prompt,label,count\na forest,forest,60\na field,field,5\n");
    Path whole = folder.resolve("whole/dataset");
    make(list, whole, Shard.ALL);
    Path shared = folder.resolve("shared/dataset");
    List<Process> processes = new ArrayList<>();
    try {
      for (int k = 0; k < 3; k++) {
        processes.add(start(list, shared, "auto"));
      }
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (done(shared).size() < 6) {
        assertTrue(System.nanoTime() < deadline, "the children make nothing");
        Thread.sleep(2);
      }
      processes.get(0).destroyForcibly().waitFor();
      processes.get(1).destroyForcibly().waitFor();
      processes.add(start(list, shared, "auto"));
      for (Process process : processes.subList(2, 4)) {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), Files.readString(folder.resolve("child.log")));
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
    make(list, shared, Share.CLAIMED);
    assertEquals(files(whole), files(shared));
    List<String> done = done(shared);
    assertEquals(65, done.size());
    assertEquals(65, done.stream().distinct().count(), "each image once");
  }

  /** The images that the journals name, as often as they do. */
  private static List<String> done(Path dataset) throws IOException {
    List<String> done = new ArrayList<>();
    if (Files.isDirectory(dataset)) {
      try (Stream<Path> files = Files.list(dataset)) {
        for (Path file : files.filter(BatchKillTest::isJournal).toList()) {
          Files.readAllLines(file).stream()
              .filter(line -> line.startsWith("{\"done\""))
              .map(line -> line.substring(0, 30))
              .forEach(done::add);
        }
      }
    }
    return done;
  }

  private static boolean isJournal(Path file) {
    return file.getFileName().toString().startsWith("journal");
  }

  private static long lines(Path dataset) throws IOException {
    Path journal = dataset.resolve("journal.jsonl");
    if (!Files.exists(journal)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(journal)) {
      return lines.count();
    }
  }

  private static Map<String, String> files(Path dataset) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(dataset)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        if (!isJournal(file)) {
          files.put(dataset.relativize(file).toString(), WrittenFile.of(dataset, file).sha256());
        }
      }
    }
    return files;
  }
}
