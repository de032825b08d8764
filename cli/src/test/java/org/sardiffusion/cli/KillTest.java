package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.training.run.RunFolder;

/**
 * Trainings that are stopped, politely and not, while they are real processes. {@code -Dkills=20
 * -Dkill.seed=N} kill more often, and at the same moments again.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class KillTest {
  private static final String WEIGHTS = "model/model.safetensors";
  private static final Pattern STEP = Pattern.compile("(?m)^step \\d+/");

  @TempDir private Path folder;
  private TinyTraining training;

  @BeforeEach
  void layOut() throws IOException {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "needs the tools of Linux");
    training = TinyTraining.in(folder);
  }

  /** The trainer and Java are killed in turn, while they take steps and while they start. */
  @Test
  void killedAtRandomMomentsARunEndsWithTheSameWeights() throws Exception {
    long seed = Long.getLong("kill.seed", System.nanoTime());
    int kills = Integer.getInteger("kills", 2);
    System.out.println("KillTest: -Dkill.seed=" + seed + " -Dkills=" + kills);
    Random random = new Random(seed);
    Path python = training.trainer("slow");
    long begin = System.nanoTime();
    Process reference = train(python, "whole");
    awaitStep(reference, "whole");
    long loadedMillis = millisSince(begin);
    assertEquals(0, finished(reference), () -> said("whole"));
    long stepsMillis = millisSince(begin) - loadedMillis;
    byte[] expected = Files.readAllBytes(folder.resolve("whole").resolve(WEIGHTS));
    List<String> story = new ArrayList<>();
    int round = 0;
    for (int kill = 0; kill < kills; kill++) {
      String run = "run" + round;
      Process java = train(python, run);
      boolean stepping = kill % 4 < 2;
      if (stepping) {
        awaitStep(java, run);
      }
      long longest = stepping ? stepsMillis : loadedMillis;
      boolean over = java.waitFor((long) (random.nextDouble() * longest), TimeUnit.MILLISECONDS);
      if (over) {
        assertEquals(0, java.exitValue(), () -> said(run));
      } else {
        story.add(run + ": " + (kill % 2 == 0 ? killTrainer(java, run) : killJava(java, run)));
      }
      if (Files.isRegularFile(folder.resolve(run).resolve("bundle/model.onnx"))) {
        assertArrayEquals(expected, weights(run), () -> String.join("\n", story));
        round++;
      }
    }
    String last = "run" + round;
    assertEquals(0, finished(train(python, last)), () -> said(last));
    System.out.println("KillTest: " + String.join(", ", story));
    assertArrayEquals(expected, weights(last), () -> String.join("\n", story));
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  /** Waits until the trainer has done a step, or is at its end. */
  private void awaitStep(Process java, String run) throws InterruptedException {
    while (java.isAlive() && !STEP.matcher(said(run)).find()) {
      Thread.sleep(20);
    }
  }

  private byte[] weights(String run) throws IOException {
    return Files.readAllBytes(folder.resolve(run).resolve(WEIGHTS));
  }

  private String killTrainer(Process java, String run) throws InterruptedException {
    List<ProcessHandle> trainer = java.descendants().toList();
    trainer.forEach(ProcessHandle::destroyForcibly);
    int status = finished(java);
    if (trainer.isEmpty() || status == 0) {
      assertEquals(0, status, () -> said(run));
      return "the trainer was not there";
    }
    assertEquals(1, status, () -> said(run));
    String words = said(run);
    assertTrue(words.contains("was killed (SIGKILL)") || words.contains("exit code"), words);
    // Killed in its very last moment, it leaves a run that is complete.
    if (RunFolder.at(folder.resolve(run)).state() == RunFolder.State.INTERRUPTED) {
      assertTrue(words.contains("Go on with: sar-diffusion train "), words);
    }
    return "killed the trainer after " + progress(run);
  }

  private String killJava(Process java, String run) throws Exception {
    List<ProcessHandle> trainer = java.descendants().toList();
    java.destroyForcibly().waitFor();
    for (ProcessHandle process : trainer) {
      // Nobody tells it to: it notices by itself.
      process.onExit().get(120, TimeUnit.SECONDS);
    }
    return "killed Java with " + trainer.size() + " processes below after " + progress(run);
  }

  @Test
  void ctrlCLeavesACheckpointAndSaysHowToGoOn() throws Exception {
    Path python = training.trainer("slow");
    Process java = train(python, "run", "--set", "training.steps=100000");
    await("run", "step 1/");
    signal(java, "INT");
    assertEquals(130, finished(java), () -> said("run"));
    String words = said("run");
    assertTrue(words.contains("stopping with a checkpoint after this step"), words);
    assertTrue(words.contains("checkpoint " + folder.resolve("run/checkpoints/step-")), words);
    assertTrue(words.contains("stopped. Go on with: sar-diffusion train "), words);
    assertTrue(words.strip().endsWith("--resume"), words);
  }

  @Test
  void ctrlCTwiceDropsIt() throws Exception {
    Path python =
        training.script(
            "[ $2 = sar_trainer ] || exit 0\necho up\ntrap '' TERM INT\nwhile :; do sleep 1; done\n");
    Process java = train(python, "run");
    await("run", "up");
    List<ProcessHandle> trainer = java.descendants().toList();
    signal(java, "INT");
    await("run", "stopping with a checkpoint");
    signal(java, "INT");
    assertEquals(130, finished(java), () -> said("run"));
    assertTrue(said("run").contains("stopped at once"), said("run"));
    for (ProcessHandle process : trainer) {
      process.onExit().get(20, TimeUnit.SECONDS);
    }
  }

  private static void signal(Process process, String name) throws Exception {
    assertEquals(
        0, new ProcessBuilder("/bin/kill", "-" + name, "" + process.pid()).start().waitFor());
  }

  private void await(String run, String words) throws InterruptedException {
    for (int i = 0; i < 2000 && !said(run).contains(words); i++) {
      Thread.sleep(100);
    }
    assertTrue(said(run).contains(words), said(run));
  }

  private static int finished(Process process) throws InterruptedException {
    assertTrue(process.waitFor(300, TimeUnit.SECONDS), "still running");
    return process.exitValue();
  }

  private String said(String run) {
    try {
      return Files.readString(folder.resolve(run + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String progress(String run) {
    try (Stream<Path> checkpoints = Files.list(folder.resolve(run).resolve("checkpoints"))) {
      return checkpoints
          .map(path -> path.getFileName().toString())
          .max(Comparator.naturalOrder())
          .orElse("nothing");
    } catch (IOException e) {
      return "nothing";
    }
  }

  /** Starts the command; goes on with the run if there is one. */
  private Process train(Path python, String run, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                // A test run in the background ignores SIGINT, and so would its children.
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dsardiffusion.home=" + TinyTraining.HOME,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.sardiffusion.cli.Main",
                "train",
                training.configuration().toString(),
                "--out",
                folder.resolve(run).toString(),
                "--python",
                python.toString()));
    if (Files.exists(folder.resolve(run))) {
      command.add("--resume");
    }
    command.addAll(List.of(more));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(run + ".log").toFile())
        .start();
  }
}
