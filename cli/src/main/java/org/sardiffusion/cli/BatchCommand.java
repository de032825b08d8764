package org.sardiffusion.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.pipelines.ImageParameters;
import org.sardiffusion.pipelines.batch.BatchOutput;
import org.sardiffusion.pipelines.batch.BatchRun;
import org.sardiffusion.pipelines.batch.BatchSummary;
import org.sardiffusion.pipelines.batch.Shard;
import org.sardiffusion.pipelines.batch.Share;
import org.sardiffusion.pipelines.list.Combination;
import org.sardiffusion.pipelines.list.PromptList;
import org.sardiffusion.pipelines.plan.BatchPlan;
import org.sardiffusion.pipelines.plan.PlanSettings;
import org.sardiffusion.pipelines.plan.SeedRule;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.parameter.Overrides;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prompt list to dataset. */
@Command(
    name = "batch",
    description = {
      "Makes a labelled dataset from a list of prompts.",
      "It can be stopped, or killed, at any moment: the same command continues."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  sar-diffusion batch prompts.csv --out dataset --dry-run",
      "  sar-diffusion batch prompts.csv --out dataset --format png --val-share 0.1",
      "  sar-diffusion batch prompts.txt --out grid --count 3 \\",
      "      --grid \"guidance=3|5|7\" --grid \"steps=10|20\"",
      "",
      "A .csv has the columns prompt, label, count, seed, size, steps, guidance,",
      "init-image and so on, a .parquet the same; a .jsonl the same keys; a .txt one",
      "prompt a line. Files are found from the list's folder.",
      "",
      "A .yaml has entries, each with these keys and with {choices|of} __words__;",
      "defaults for all entries; wildcards: NAME: [WORDS], or a file of them;",
      "quotas: LABEL: IMAGES. An entry may have choose: all or random, and combine:",
      "product or zip."
    })
final class BatchCommand implements Callable<Integer>, ParameterOptions.Taker {
  @Parameters(
      paramLabel = "PROMPTS",
      description = "The list: .txt, .csv, .jsonl, .parquet or .yaml.")
  private Path list;

  @Option(
      names = "--ignore-columns",
      paramLabel = "NAME",
      split = ",",
      description = "Columns or keys of the list that say nothing of an image.")
  private Set<String> ignored = Set.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The dataset's folder: new, or of this very batch.")
  private Path folder;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "tif",
      converter = ToFormat.class,
      completionCandidates = FormatNames.class,
      description = "Of the images: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ImageFormat format;

  @Option(
      names = "--seeds",
      paramLabel = "RULE",
      defaultValue = "hashed",
      completionCandidates = SeedRuleNames.class,
      description = {
        "Seeds of lines that name none: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
        "hashed: from prompt and index, so that new lines change no other image;"
            + " counted: --seed and up through the list; fixed: --seed and up in each line."
      })
  private SeedRule seeds;

  @Option(
      names = "--grid",
      paramLabel = "NAME=A|B",
      description = "Give an option several values, in all lines that don't set it; repeatable.")
  private Map<String, String> grid = new LinkedHashMap<>();

  @Option(
      names = "--combine",
      paramLabel = "HOW",
      defaultValue = "product",
      completionCandidates = CombinationNames.class,
      description =
          "Options with several values: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Combination combination;

  @Option(
      names = "--val-share",
      paramLabel = "X",
      description = "Put this share of the images into val, the others into train.")
  private Optional<Double> validationShare = Optional.empty();

  @Option(
      names = "--max-images",
      paramLabel = "N",
      defaultValue = "" + PlanSettings.LARGEST,
      description = "Refuse plans with more images (default: ${DEFAULT-VALUE}).")
  private int largest;

  @Option(
      names = "--shard",
      paramLabel = "I/N|auto",
      converter = ToShare.class,
      description = {
        "Several processes may share one folder: make part I of N, or, with auto, what no other"
            + " process has claimed; there may be any number of those at any time."
      })
  private Optional<Share> shard = Optional.empty();

  @ArgGroup private Existing existing = new Existing();

  /** What the folder has to hold. */
  static final class Existing {
    @Option(
        names = "--resume",
        description = "Only continue: refuse a folder that holds no part of this batch.")
    private boolean resume;

    @Option(
        names = "--extend",
        description =
            "The list has grown since: keep the folder's images, and make only the new ones.")
    private boolean extend;

    private BatchOutput.Start start() {
      if (extend) {
        return BatchOutput.Start.EXTENDED;
      }
      return resume ? BatchOutput.Start.CONTINUED : BatchOutput.Start.NEW_OR_CONTINUED;
    }
  }

  @Option(
      names = "--disk-wait",
      paramLabel = "MINUTES",
      defaultValue = "10",
      description = "How long to wait for space when the disk is full (default: ${DEFAULT-VALUE}).")
  private int patience;

  @Option(names = "--dry-run", description = "Show the plan, and make nothing.")
  private boolean dryRun;

  @Mixin private ExecutionOptions execution;
  @Mixin private StorageOptions storage;
  @Mixin private EngineOptions engine;

  @Mixin private PrintOptions print;

  @Spec private CommandSpec spec;

  private final ParameterOptions parameters =
      ParameterOptions.of(Sampling.PARAMETERS)
          .and(ImageParameters.SIZE)
          .and(ImageParameters.PLACE)
          .withOneOf(Sampling.STEP_PLANS);

  @Override
  public ParameterOptions parameters() {
    return parameters;
  }

  @Override
  public Integer call() {
    Bundle bundle = engine.bundle();
    PromptList prompts = PromptList.read(list, ignored);
    if (!print.quiet()) {
      prompts
          .notes()
          .forEach(note -> spec.commandLine().getErr().println("sar-diffusion: " + note));
    }
    BatchPlan plan = plan(prompts, bundle);
    BatchReport report = new BatchReport(plan, folder);
    if (dryRun) {
      report.plan(spec.commandLine().getOut(), print.json());
      return plan.rejected().isEmpty() ? 0 : 1;
    }
    if (!print.quiet()) {
      report.rejected(spec.commandLine().getErr());
    }
    BatchConsole console = new BatchConsole(spec.commandLine().getErr(), print.quiet());
    Interruption.farewell(
        "interrupted; complete images stay in " + folder + ": the same command continues.");
    BatchSummary summary =
        new ModelRun(bundle, BatchRun.options(bundle, engine.options()), Optional.empty(), console)
            .run(
                (model, cancellation) ->
                    new BatchRun(model).make(plan, output(bundle), console, cancellation));
    if (print.json()) {
      spec.commandLine().getOut().println(report.toJson(summary));
    } else {
      report.print(summary, spec.commandLine().getOut(), spec.commandLine().getErr());
    }
    return report.status(summary);
  }

  private BatchPlan plan(PromptList prompts, Bundle bundle) {
    Overrides given = parameters.given();
    Size usual = new Size(bundle.defaultWidth(), bundle.defaultHeight());
    PlanSettings settings =
        PlanSettings.of(
                ImageParameters.size(given, usual),
                Sampling.defaults(bundle).with(given),
                StorageOptions.place(given, bundle))
            .withSeeds(seeds)
            .withLargest(largest)
            .withGrid(grid, combination);
    if (validationShare.isPresent()) {
      settings = settings.withValidationShare(validationShare.get());
    }
    BatchPlan plan = BatchPlan.of(prompts, settings);
    return spec.commandLine().getParseResult().hasMatchedOption("--batch-size")
        ? plan.withBatchSize(execution.execution().batchSize())
        : plan.withUsualBatchSize();
  }

  private BatchOutput output(Bundle bundle) {
    return BatchOutput.to(folder, format)
        .with(storage.writeOptions(bundle))
        .with(shard.orElse(Shard.ALL))
        .with(existing.start())
        .with(Duration.ofMinutes(patience));
  }

  /** Reads {@code tif}, {@code png}, {@code npy}. */
  static final class ToFormat implements picocli.CommandLine.ITypeConverter<ImageFormat> {
    @Override
    public ImageFormat convert(String text) {
      return Converters.checked(() -> ImageFormat.of(Path.of("image." + text)));
    }
  }

  /** Reads {@code I/N} or {@code auto}. */
  static final class ToShare implements picocli.CommandLine.ITypeConverter<Share> {
    @Override
    public Share convert(String text) {
      return Converters.checked(() -> Share.parse(text));
    }
  }

  /** For the help and for completion. */
  static final class FormatNames extends java.util.ArrayList<String> {
    private static final long serialVersionUID = 1L;

    FormatNames() {
      super(java.util.List.of("tif", "png", "npy"));
    }
  }

  /** As {@link FormatNames}. */
  static final class SeedRuleNames extends LowerCaseNames {
    private static final long serialVersionUID = 1L;

    SeedRuleNames() {
      super(SeedRule.values());
    }
  }

  /** As {@link FormatNames}. */
  static final class CombinationNames extends LowerCaseNames {
    private static final long serialVersionUID = 1L;

    CombinationNames() {
      super(Combination.values());
    }
  }
}
