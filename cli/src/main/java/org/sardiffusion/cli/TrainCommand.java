package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sardiffusion.training.configuration.ConfigurationDocument;
import org.sardiffusion.training.configuration.KeyPath;
import org.sardiffusion.training.configuration.Presets;
import org.sardiffusion.training.configuration.RunConfiguration;
import org.sardiffusion.training.configuration.Setting;
import org.sardiffusion.training.run.TrainingFailedException;
import org.sardiffusion.training.run.TrainingOutcome;
import org.sardiffusion.training.run.TrainingRequest;
import org.sardiffusion.training.run.TrainingRequest.Start;
import org.sardiffusion.training.run.TrainingRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A configuration to a fine-tuned model, by the Python trainer. */
@Command(
    name = "train",
    description = {
      "Fine-tunes a model as a configuration says, and exports it.",
      "Ctrl-C writes a checkpoint and stops; --resume goes on, also after a crash."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  sar-diffusion train whale.yaml --out runs/whale",
      "  sar-diffusion train whale.yaml --out runs/whale --resume",
      "  sar-diffusion train --preset whale-north-8 --model sdxl --data dataset \\",
      "      --set training.batch=2 --set training.accumulation=32",
      "  sar-diffusion train --preset whale-north-8 --print > whale.yaml",
      "  sar-diffusion train mine.yaml --model default"
    })
final class TrainCommand implements Callable<Integer> {
  private static final int INTERRUPTED = 130;
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "CONFIG",
      description = "The configuration, YAML; training.schema.json explains every key.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "RUN",
      description = "Folder of the run; runs/ and the configuration's name if not given.")
  private Optional<Path> out = Optional.empty();

  @Option(names = "--resume", description = "Go on with the run in that folder.")
  private boolean resume;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "A configuration that comes with the program, in place of CONFIG.")
  private Optional<String> preset = Optional.empty();

  @Option(names = "--list-presets", description = "Say which presets there are.")
  private boolean listPresets;

  @Option(names = "--print", description = "Print the configuration and do nothing else.")
  private boolean print;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "The model to start from, in place of the configuration's: a diffusers folder, a bundle that"
              + " this program exported, or default.")
  private Optional<Path> model = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "The training set, in place of the configuration's: a folder with train and perhaps"
              + " validation below it.")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Another value for a key, such as training.batch=4; may be repeated.")
  private List<String> settings = List.of();

  @Mixin private PythonOption python;

  @Option(names = "--dry-run", description = "Check everything, say what would be done, stop.")
  private boolean dryRun;

  @Mixin private PrintOptions printing;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter stdout = spec.commandLine().getOut();
    if (listPresets) {
      list(stdout);
      return 0;
    }
    if (file.isPresent() == preset.isPresent()) {
      throw usage(
          "Say what to train: a CONFIG file, or --preset NAME (--list-presets shows them).");
    }
    if (print) {
      stdout.print(document(path -> path).text());
      stdout.flush();
      return 0;
    }
    TrainingRequest request = request();
    if (dryRun) {
      TrainingPlan plan = new TrainingPlan(request);
      if (printing.json()) {
        stdout.println(plan.toJson());
      } else {
        plan.print(stdout);
      }
      return 0;
    }
    return train(request);
  }

  private void list(PrintWriter stdout) {
    Presets presets = Presets.in(PythonOption.project());
    TextTable table = new TextTable();
    presets.names().forEach(name -> table.row(name, presets.summary(name)));
    table.print(stdout, "");
  }

  private TrainingRequest request() {
    RunConfiguration configuration = configuration();
    Path folder = out.orElseGet(() -> Path.of("runs", configuration.name()));
    TrainingRequest request =
        new TrainingRequest(
            configuration, folder, resume ? Start.RESUME : Start.NEW, python.environment());
    request.check();
    return request;
  }

  private RunConfiguration configuration() {
    if (file.isPresent()) {
      return RunConfiguration.read(file.get(), settings(Path::toAbsolutePath));
    }
    ConfigurationDocument document = document(Path::toAbsolutePath);
    boolean complete =
        settings(path -> path).stream()
            .map(Setting::key)
            .toList()
            .containsAll(List.of(KeyPath.of("model"), KeyPath.of("data.train")));
    if (!complete) {
      throw usage("A preset names neither model nor data: add --model DIR and --data DIR.");
    }
    return RunConfiguration.of(document, Path.of(""));
  }

  /** The preset or the file with the settings over it, unchecked. */
  private ConfigurationDocument document(UnaryOperator<Path> spelling) {
    ConfigurationDocument document =
        preset
            .map(name -> Presets.in(PythonOption.project()).preset(name))
            .orElseGet(() -> ConfigurationDocument.read(file.orElseThrow()));
    for (Setting setting : settings(spelling)) {
      document = document.with(setting);
    }
    return document;
  }

  /** What the options put over the configuration. */
  private List<Setting> settings(UnaryOperator<Path> spelling) {
    List<Setting> all = new ArrayList<>();
    model
        .map(ModelFolder::named)
        .map(spelling)
        .ifPresent(folder -> all.add(Presets.model(folder, "--model " + folder)));
    data.map(spelling).ifPresent(folder -> all.addAll(Presets.data(folder, "--data " + folder)));
    settings.forEach(text -> all.add(Setting.parse(text, "--set " + text)));
    return all;
  }

  private int train(TrainingRequest request) throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    request.python().provision(err::println);
    TrainingConsole console = new TrainingConsole(err, printing.quiet());
    long start = System.nanoTime();
    try (TrainingRun run = TrainingRun.start(request, console)) {
      Interruption.leaveTo(orderly(run, console));
      TrainingOutcome outcome = run.await();
      console.end();
      double seconds = (System.nanoTime() - start) * 1e-9;
      printing.print(new TrainingReport(request, outcome, console, seconds), spec);
      if (outcome instanceof TrainingOutcome.Interrupted) {
        err.println("sar-diffusion: stopped. Go on with: " + continuation());
        return INTERRUPTED;
      }
      return 0;
    } catch (TrainingFailedException e) {
      throw e.isResumable() ? e.with("Go on with: " + continuation()) : e;
    } finally {
      Interruption.takeBack();
      console.end();
    }
  }

  private static Interruption.Orderly orderly(TrainingRun run, TrainingConsole console) {
    return new Interruption.Orderly() {
      @Override
      public void stop() {
        console.say("stopping with a checkpoint after this step (Ctrl-C again: at once) ...");
        run.cancel();
      }

      @Override
      public void abandon() {
        run.kill();
        console.say("stopped at once; what came after the last checkpoint is lost.");
      }
    };
  }

  /** The command that goes on with the run. */
  private String continuation() {
    List<String> words = new ArrayList<>(List.of("sar-diffusion"));
    words.addAll(spec.commandLine().getParseResult().originalArgs());
    if (!resume) {
      words.add("--resume");
    }
    return words.stream().map(TrainCommand::quoted).collect(Collectors.joining(" "));
  }

  /** As a shell reads it as one word. */
  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
