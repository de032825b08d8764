package org.sardiffusion.training.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.training.Bench;
import org.sardiffusion.training.PythonEnvironment;
import org.sardiffusion.training.TrainingBridgeException;
import org.sardiffusion.training.configuration.ConfigurationException;
import org.sardiffusion.training.configuration.RunConfiguration;
import org.sardiffusion.training.configuration.Setting;

/** Runs with the real trainer on a tiny task, and ends that only a script can be brought to. */
@Timeout(240)
class TrainingRunTest {
  private static final String EVENT = "echo '{\"v\":1,\"event\":%s}'\n";

  @TempDir private Path folder;
  private Bench bench;
  private final List<TrainingEvent> events = new CopyOnWriteArrayList<>();

  @BeforeEach
  void layOut() {
    bench = Bench.in(folder);
  }

  @Test
  void stoppedAndResumedEqualsUninterrupted() throws Exception {
    PythonEnvironment python = bench.tinyTrainer("slow");
    RunConfiguration configuration = RunConfiguration.read(bench.configuration());
    Path whole = folder.resolve("whole");
    TrainingOutcome outcome = run(new TrainingRequest(configuration, whole, python), events::add);
    TrainingEvent.Finished result =
        assertInstanceOf(TrainingOutcome.Finished.class, outcome).result();
    assertEquals(whole.resolve("model"), result.model());
    assertEquals(whole.resolve("bundle"), result.bundle().orElseThrow());
    assertEquals(RunFolder.State.FINISHED, RunFolder.at(whole).state());
    List<Long> steps = new ArrayList<>();
    for (TrainingEvent event : events) {
      if (event instanceof TrainingEvent.Step step) {
        steps.add(step.step());
        assertTrue(step.loss() > 0 && step.learningRates().size() == 3, step.toString());
      }
    }
    assertEquals(Stream.iterate(1L, k -> k + 1).limit(30).toList(), steps);

    Path stopped = folder.resolve("stopped");
    TrainingRequest request =
        new TrainingRequest(configuration, stopped, TrainingRequest.Start.NEW, python);
    CompletableFuture<TrainingRun> running = new CompletableFuture<>();
    Consumer<TrainingEvent> stopAtSeven =
        event -> {
          if (event instanceof TrainingEvent.Step step && step.step() == 7) {
            running.join().cancel();
          }
        };
    try (TrainingRun run = TrainingRun.start(request, stopAtSeven)) {
      running.complete(run);
      TrainingEvent.Interrupted stop =
          assertInstanceOf(TrainingOutcome.Interrupted.class, run.await()).stop();
      assertTrue(stop.step() >= 7 && stop.step() < 30, stop.toString());
      RunFolder left = RunFolder.at(stopped);
      assertEquals(RunFolder.State.INTERRUPTED, left.state());
      assertEquals(stop.step(), left.step(), "the checkpoint is of the very last step");
    }
    assertThrows(RunFolderException.class, () -> TrainingRun.start(request, events::add));
    run(
        new TrainingRequest(configuration, stopped, TrainingRequest.Start.RESUME, python),
        events::add);
    String weights = "model/model.safetensors";
    assertArrayEquals(
        Files.readAllBytes(whole.resolve(weights)), Files.readAllBytes(stopped.resolve(weights)));
  }

  @Test
  void whatOnlyTheTrainerFindsIsBlamedOnItsLine() throws IOException {
    PythonEnvironment python = bench.tinyTrainer("oom");
    TrainingFailedException failed =
        assertThrows(TrainingFailedException.class, () -> run(bench.run(), python));
    assertTrue(failed.isResumable());
    assertTrue(failed.getMessage().contains("The memory is not enough."), failed.getMessage());
    assertTrue(
        failed.getMessage().contains(bench.configuration() + ":15:10, training.batch"),
        failed.getMessage());
    assertTrue(failed.getMessage().contains("begins anew when it is resumed"));

    RunConfiguration changed =
        RunConfiguration.read(
            bench.configuration(), List.of(Setting.parse("seed=4", "--set seed=4")));
    ConfigurationException refused =
        assertThrows(
            ConfigurationException.class,
            () ->
                run(
                    new TrainingRequest(changed, bench.run(), TrainingRequest.Start.RESUME, python),
                    events::add));
    assertTrue(refused.getMessage().contains("--set seed=4: seed: "), refused.getMessage());
  }

  @Test
  void whatLibrariesPrintDoesNotDisturb() throws Exception {
    assertInstanceOf(TrainingOutcome.Finished.class, run(bench.run(), bench.tinyTrainer("noisy")));
    assertTrue(Files.readString(bench.run().resolve("trainer.log")).contains("more chatter"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kill -9 $$                     | The trainer was killed (SIGKILL). If nobody did that
          kill -11 $$                    | The trainer was ended by signal 11.
          exit 0                         | The trainer ended without finishing its run.
          echo oh no >&2; exit 3         | failed with exit code 3.
          echo oh no >&2; exit 3         | trainer.log):\\n  oh no
          """)
  void suddenEndsAreReported(String end, String message) {
    PythonEnvironment python = bench.script(begun() + end + "\n");
    TrainingFailedException e =
        assertThrows(TrainingFailedException.class, () -> run(bench.run(), python));
    assertTrue(e.getMessage().contains(message.replace("\\n", "\n")), e.getMessage());
    assertTrue(
        e.getMessage().endsWith("it goes on from step 40 when it is resumed."), e.getMessage());
    assertTrue(e.isResumable());
  }

  @Test
  void onlyTheWordsOfThisTrainerAreQuoted() throws IOException {
    Files.createDirectories(bench.run());
    Files.writeString(bench.run().resolve("trainer.log"), "an earlier trainer's words\n");
    PythonEnvironment python = bench.script("seq 1 30 >&2; exit 1\n");
    TrainingFailedException e =
        assertThrows(TrainingFailedException.class, () -> run(bench.run(), python));
    assertTrue(e.getMessage().endsWith("\n  29\n  30"), e.getMessage());
    assertFalse(e.getMessage().contains("\n  10\n"), e.getMessage());
    assertFalse(e.getMessage().contains("earlier"), e.getMessage());
    assertFalse(e.isResumable(), "nothing was begun");
  }

  @Test
  void aTrainerOfAnotherVersionIsStopped() {
    PythonEnvironment python =
        bench.script("echo '{\"v\":2,\"event\":\"started\"}'\ncat >/dev/null; exit 130\n");
    TrainingBridgeException e =
        assertThrows(TrainingBridgeException.class, () -> run(bench.run(), python));
    assertTrue(e.getMessage().contains("version 2"), e.getMessage());
  }

  @Test
  void aListenerThatFailsEndsTheRun() {
    PythonEnvironment python =
        bench.script(EVENT.formatted("\"stage\",\"name\":\"load\"") + "cat >/dev/null; exit 130\n");
    IllegalStateException trouble = new IllegalStateException("the listener's own");
    TrainingRequest request =
        new TrainingRequest(RunConfiguration.read(bench.configuration()), bench.run(), python);
    assertEquals(
        trouble,
        assertThrows(
            IllegalStateException.class,
            () ->
                run(
                    request,
                    event -> {
                      throw trouble;
                    })));
  }

  @Test
  void stoppedBeforeItCouldPromiseAnythingIsInterrupted() throws Exception {
    PythonEnvironment python = bench.script("cat >/dev/null; exit 143\n");
    TrainingRequest request =
        new TrainingRequest(RunConfiguration.read(bench.configuration()), bench.run(), python);
    try (TrainingRun run = TrainingRun.start(request, events::add)) {
      run.cancel();
      assertEquals(
          0, assertInstanceOf(TrainingOutcome.Interrupted.class, run.await()).stop().step());
    }
  }

  @Test
  void killingEndsTheTrainerAndItsChildren() throws Exception {
    PythonEnvironment python =
        bench.script(
            "sleep 600 & echo $! >\"$6/child\"\necho up\ntrap '' TERM INT\nwait\nsleep 600\n");
    TrainingRequest request =
        new TrainingRequest(RunConfiguration.read(bench.configuration()), bench.run(), python);
    CompletableFuture<Void> up = new CompletableFuture<>();
    ProcessHandle trainer;
    try (TrainingRun run = TrainingRun.start(request, event -> up.complete(null))) {
      trainer = run.process();
      up.get(20, TimeUnit.SECONDS);
      run.kill();
      assertInstanceOf(TrainingOutcome.Interrupted.class, run.await());
    }
    assertFalse(trainer.isAlive());
    long child = Long.parseLong(Files.readString(bench.run().resolve("child")).strip());
    for (int i = 0; i < 50 && ProcessHandle.of(child).isPresent(); i++) {
      Thread.sleep(100);
    }
    assertEquals(java.util.Optional.empty(), ProcessHandle.of(child));
  }

  @Test
  void foldersThatDoNotSuitAreRefused() throws IOException {
    PythonEnvironment python = bench.script("exit 1\n");
    RunConfiguration configuration = RunConfiguration.read(bench.configuration());
    TrainingRequest foreign =
        new TrainingRequest(configuration, folder, TrainingRequest.Start.NEW, python);
    assertMessage(foreign, "holds something other than a run");
    assertMessage(
        new TrainingRequest(configuration, bench.run(), TrainingRequest.Start.RESUME, python),
        "no run in");
    Path file = Files.writeString(folder.resolve("file"), "");
    assertMessage(
        new TrainingRequest(configuration, file, TrainingRequest.Start.NEW, python),
        "holds something other");
    assertMessage(
        new TrainingRequest(
            configuration, file.resolve("below"), TrainingRequest.Start.NEW, python),
        "holds something other");
    Files.createDirectories(bench.run());
    Files.writeString(bench.run().resolve("run.json"), "{\"finished\": {\"steps\": 30}}");
    assertMessage(
        new TrainingRequest(configuration, bench.run(), TrainingRequest.Start.NEW, python),
        "holds a finished run");
    Files.writeString(bench.run().resolve("run.json"), "{\"finished\": ");
    assertMessage(
        new TrainingRequest(configuration, bench.run(), TrainingRequest.Start.NEW, python),
        "Can't read the run");
  }

  private void assertMessage(TrainingRequest request, String message) {
    TrainingBridgeException e =
        assertThrows(
            TrainingBridgeException.class, () -> TrainingRun.start(request, events::add).close());
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void thePythonThatIsNoneIsRefused() {
    Path project = Bench.PROJECT;
    assertThrows(
        TrainingBridgeException.class,
        () -> PythonEnvironment.using(project, folder.resolve("python3")));
    TrainingBridgeException e =
        assertThrows(
            TrainingBridgeException.class,
            () -> bench.script("echo no such module >&2; exit 1\n").provision(line -> {}));
    assertTrue(e.getMessage().contains("can't run the trainer:\n  no such module"));
    TrainingBridgeException missing =
        assertThrows(
            TrainingBridgeException.class,
            () -> PythonEnvironment.using(project, Path.of("no-such-python")).provision(l -> {}));
    assertTrue(missing.getMessage().contains("Can't start no-such-python"), missing.getMessage());
  }

  @Test
  void aFitPythonIsAccepted() {
    PythonEnvironment.using(Bench.PROJECT, Bench.python()).provision(line -> {});
  }

  /** Shell commands that leave a run with checkpoints, the newest of them half written. */
  private static String begun() {
    return """
        echo '{"finished": null}' >"$6/run.json"
        for step in step-0000020 step-0000040 .step-0000060.tmp step-0000060; do mkdir -p "$6/checkpoints/$step"; done
        echo '{}' >"$6/checkpoints/step-0000020/state.json"
        echo '{}' >"$6/checkpoints/step-0000040/state.json"
        """;
  }

  private TrainingOutcome run(Path where, PythonEnvironment python) throws InterruptedException {
    return run(
        new TrainingRequest(RunConfiguration.read(bench.configuration()), where, python),
        events::add);
  }

  private static TrainingOutcome run(TrainingRequest request, Consumer<TrainingEvent> listener)
      throws InterruptedException {
    try (TrainingRun run = TrainingRun.start(request, listener)) {
      return run.await();
    }
  }
}
