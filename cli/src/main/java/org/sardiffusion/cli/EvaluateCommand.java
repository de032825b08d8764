package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.Evaluation;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.EvaluationSettings;
import org.sardiffusion.evaluation.SampleSet;
import org.sardiffusion.evaluation.amplitude.AmplitudeSettings;
import org.sardiffusion.evaluation.augmentation.AugmentationSettings;
import org.sardiffusion.evaluation.report.EvaluationReport;
import org.sardiffusion.evaluation.segmentation.SamSettings;
import org.sardiffusion.evaluation.segmentation.SegmentAnything;
import org.sardiffusion.evaluation.semantics.SarClip;
import org.sardiffusion.evaluation.semantics.SemanticMeter;
import org.sardiffusion.evaluation.semantics.SemanticSettings;
import org.sardiffusion.evaluation.suite.PromptSuite;
import org.sardiffusion.evaluation.texture.GlcmSettings;
import org.sardiffusion.evaluation.texture.PatchSettings;
import org.sardiffusion.evaluation.texture.TextureSettings;
import org.sardiffusion.evaluation.twosample.TwoSampleSettings;
import org.sardiffusion.pipelines.batch.BatchRun;
import org.sardiffusion.pipelines.batch.BatchSummary;
import org.sardiffusion.pipelines.batch.OtherPlanException;
import org.sardiffusion.pipelines.evaluation.ImageFolder;
import org.sardiffusion.pipelines.evaluation.ReportFolder;
import org.sardiffusion.pipelines.evaluation.SuiteImages;
import org.sardiffusion.pipelines.plan.BatchException;
import org.sardiffusion.pipelines.plan.BatchPlan;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.session.SessionSettings;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Generated images beside real ones. */
@Command(
    name = "evaluate",
    description =
        "Compares generated images with real ones: amplitude statistics and texture per label,"
            + " how often classifiers tell them apart and, with a SAR-CLIP model, meaning, as a"
            + " report.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  sar-diffusion evaluate --real test-set --generated run-a --out report",
      "  sar-diffusion evaluate --real test-set --compare run-a run-b \\",
      "      --distances 1,2,4 --out report",
      "  sar-diffusion evaluate --real test-set --generated run-a --augmentation --out report",
      "  sar-diffusion evaluate --suite paper --model my-model --real test-set --out my-run",
      "",
      "A folder holds metadata.jsonl (file_name, text, labels), the output of a batch",
      "(manifest.jsonl), or just images. Boxes listed there under \"mask\" are left out.",
      "Segmentations, such as Segment Anything's, go into its folder masks: masks/NAME.png",
      "or masks/NAME/*.png for the image NAME; without them homogeneous areas are searched.",
      "With --sam, Segment Anything makes those that are missing."
    })
final class EvaluateCommand implements Callable<Integer>, ParameterOptions.Taker {
  @Option(
      names = "--real",
      paramLabel = "DIR",
      description = {
        "The folder of real images.",
        "Without it there are no distances, only what can be said of the images themselves."
      })
  private Optional<Path> real = Optional.empty();

  @ArgGroup(multiplicity = "1")
  private Generated generated;

  /** The sets to judge. */
  static final class Generated {
    @Option(
        names = "--generated",
        paramLabel = "DIR",
        required = true,
        description = "A folder of generated images; may be given several times.")
    private List<Path> folders = new ArrayList<>();

    @Option(
        names = "--compare",
        paramLabel = "DIR",
        arity = "1..*",
        required = true,
        description = "Folders of several models, side by side in one report.")
    private List<Path> compared = new ArrayList<>();

    @Option(
        names = "--suite",
        paramLabel = "paper",
        required = true,
        converter = SuiteOptions.ToSuite.class,
        description = {
          "Make the images first, with --model: the paper's 11 categories, --count of each,"
              + " into DIR/images of --out.",
          "It can be stopped, or killed, at any moment: the same command continues."
        })
    private Optional<PromptSuite> suite = Optional.empty();

    List<Path> folders() {
      List<Path> all = new ArrayList<>(folders);
      all.addAll(compared);
      return all;
    }
  }

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The folder of the report: index.html, report.json, tables, plots.")
  private Path out;

  @Mixin private AmplitudeOptions amplitude;
  @Mixin private TextureOptions texture;
  @Mixin private TwoSampleOptions twoSample;
  @Mixin private SemanticOptions semantics;
  @Mixin private SuiteOptions suite;
  @Mixin private EngineOptions engine;

  @Mixin private PrintOptions print;

  @Spec private CommandSpec spec;

  private final ParameterOptions sampling = SuiteOptions.sampling();

  @Override
  public ParameterOptions parameters() {
    return sampling;
  }

  @Override
  public Integer call() {
    EvaluationSettings settings =
        checked(
            () ->
                twoSample.withTrials(
                    new EvaluationSettings(
                        amplitude.settings(), texture.settings(), twoSample.settings())));
    if (twoSample.augmentation && real.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--augmentation tries classifiers on real images: it needs --real.");
    }
    if (generated.suite.isEmpty()) {
      SuiteOptions.refuseAlone(spec);
    }
    PrintWriter err = spec.commandLine().getErr();
    Console console = new Console(err, print.quiet());
    ReportFolder folder = ReportFolder.at(out);
    Optional<SampleSet> realSet = real.map(path -> ImageFolder.open("real", path));
    List<SampleSet> generatedSets = new ArrayList<>();
    for (Path path : generated.folders()) {
      generatedSets.add(ImageFolder.open(name(path), path));
    }
    try (Cancellation cancellation = Interruption.cancellation();
        EvaluationModels models = models(cancellation)) {
      if (generated.suite.isPresent()) {
        generatedSets.add(made(generated.suite.get(), cancellation));
      }
      Evaluation evaluation =
          new Evaluation(models.described(settings), models.meter(), console, cancellation);
      List<SampleSet> segmented = generatedSets.stream().map(models::segmented).toList();
      EvaluationResult result =
          realSet.isPresent()
              ? evaluation.of(models.segmented(realSet.get()), segmented)
              : evaluation.of(segmented);
      console.stage("writing the report");
      EvaluationReport report = EvaluationReport.of(result);
      folder.write(report);
      console.end();
      if (twoSample.augmentation) {
        warnOfUntried(result);
      }
      return print.print(new Outcome(report, folder.page()), spec);
    } finally {
      console.end();
    }
  }

  private void warnOfUntried(EvaluationResult result) {
    for (Comparison c : result.generated()) {
      if (c.augmentation().isEmpty()) {
        spec.commandLine()
            .getErr()
            .println(
                "sar-diffusion: fewer than two labels have 5 images both in "
                    + c.set().name()
                    + " and among the real ones; their worth for training was not tried.");
      }
    }
  }

  private EvaluationModels models(Cancellation cancellation) {
    SemanticSettings meaning = checked(semantics::settings);
    Optional<SamSettings> sam = texture.sam.map(folder -> checked(texture::samSettings));
    SessionSettings sessions = engine.options().sessions();
    Optional<SarClip> clip = semantics.open(sessions, cancellation);
    try {
      return new EvaluationModels(
          clip,
          clip.map(c -> new SemanticMeter(c, meaning)),
          sam.map(s -> SegmentAnything.open(texture.sam.get(), s, sessions, cancellation)));
    } catch (RuntimeException e) {
      clip.ifPresent(SarClip::close);
      throw e;
    }
  }

  /** Makes the images of a suite, or what is missing of them. */
  private SampleSet made(PromptSuite prompts, Cancellation cancellation) {
    Bundle bundle = engine.bundle();
    BatchPlan plan = suite.plan(prompts, bundle, sampling.given());
    if (!spec.commandLine().getParseResult().hasMatchedOption("--batch-size")) {
      plan = plan.withUsualBatchSize();
    }
    BatchConsole console = new BatchConsole(spec.commandLine().getErr(), print.quiet());
    Interruption.farewell(
        "interrupted; complete images stay in " + out + ": the same command continues.");
    try (Model model =
        Model.open(bundle, BatchRun.options(bundle, engine.options()), console::note)) {
      BatchSummary summary =
          new BatchRun(model).make(plan, SuiteImages.output(out), console, cancellation);
      if (!summary.failures().isEmpty()) {
        console.note(
            summary.failures().size() + " images can't be made; the others are evaluated.");
      }
    } catch (OtherPlanException e) {
      // Its advice is for batches: a suite can't be extended.
      throw new BatchException(
          out
              + " holds images of the suite with another --count, or other options. Repeat that"
              + " command to continue it, or name another --out.",
          e);
    } finally {
      console.end();
    }
    return ImageFolder.open(bundle.name(), out);
  }

  /** The page, with a summary in front. */
  private record Outcome(EvaluationReport report, Path page) implements PrintOptions.Result {
    @Override
    public String toJson() {
      return new String(report.files().get("report.json"), StandardCharsets.UTF_8).stripTrailing();
    }

    @Override
    public void print(PrintWriter out) {
      TextTable table = new TextTable();
      report.summaryText().forEach(row -> table.row(row.toArray(String[]::new)));
      table.print(out, "");
      out.println();
      out.println(page);
    }
  }

  private static String name(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    return absolute.getFileName() == null ? absolute.toString() : absolute.getFileName().toString();
  }

  /** Settings out of range are the user's, not the program's. */
  private <T> T checked(Supplier<T> settings) {
    try {
      return settings.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage() + ".");
    }
  }

  /** How amplitudes are counted. */
  static final class AmplitudeOptions {
    @Option(
        names = "--bins",
        paramLabel = "N",
        defaultValue = "64",
        description = "Bins of the amplitude histograms (default: ${DEFAULT-VALUE}).")
    private int bins;

    @Option(
        names = "--epsilon",
        paramLabel = "X",
        defaultValue = "1e-10",
        description = "Added to every bin before the KL divergence (default: ${DEFAULT-VALUE}).")
    private double epsilon;

    @Option(
        names = "--saturation",
        paramLabel = "X",
        description =
            "Amplitudes from here on are left out and counted apart (default: 254.5/255, what"
                + " rounds to white in 8 bits).")
    private double saturation = AmplitudeSettings.EIGHT_BIT_SATURATION;

    AmplitudeSettings settings() {
      return new AmplitudeSettings(bins, saturation, epsilon);
    }
  }

  /** Where and how texture is measured. */
  static final class TextureOptions {
    @Option(
        names = "--preset",
        paramLabel = "skimage|snap",
        defaultValue = "skimage",
        description =
            "Grey-level co-occurrence as in scikit-image (256 levels) or in SNAP (32 levels, 9 x 9"
                + " windows, displacement 4, all angles pooled; default: ${DEFAULT-VALUE}).")
    private Preset preset;

    @Option(
        names = "--distances",
        paramLabel = "D",
        split = ",",
        defaultValue = "1",
        description = "Distances of its pairs, pixels (default: ${DEFAULT-VALUE}).")
    private List<Integer> distances;

    @Option(
        names = "--angles",
        paramLabel = "A",
        split = ",",
        defaultValue = "0,45,90,135",
        description = "Angles of its pairs, degrees (default: ${DEFAULT-VALUE}).")
    private List<Double> angles;

    @Option(
        names = "--patch",
        paramLabel = "N",
        defaultValue = "64",
        description = "Side of the homogeneous patches, pixels (default: ${DEFAULT-VALUE}).")
    private int patch;

    @Option(
        names = "--tolerance",
        paramLabel = "X",
        defaultValue = "0.12",
        description =
            "How much the mean amplitude may vary between the 16 blocks of a homogeneous patch"
                + " (standard deviation over mean; default: ${DEFAULT-VALUE}).")
    private double tolerance;

    @Option(
        names = "--sam",
        paramLabel = "DIR",
        description = {
          "An ONNX export of Segment Anything: patches then lie in the largest segment that it finds"
              + " in an image, as in the paper.",
          "segment_anything's (*encoder*.onnx, *decoder*.onnx) or optimum's (vision_encoder.onnx,"
              + " prompt_encoder_mask_decoder.onnx)."
        })
    private Optional<Path> sam = Optional.empty();

    @Option(
        names = "--sam-points",
        paramLabel = "N",
        defaultValue = "32",
        description = "It is asked at N x N points (default: ${DEFAULT-VALUE}).")
    private int samPoints;

    SamSettings samSettings() {
      SamSettings usual = SamSettings.defaults();
      return new SamSettings(
          samPoints, usual.predictedIou(), usual.stability(), usual.boxOverlap());
    }

    enum Preset {
      SKIMAGE,
      SNAP
    }

    TextureSettings settings() {
      GlcmSettings glcm =
          preset == Preset.SNAP ? GlcmSettings.snap() : GlcmSettings.skimage(distances, angles);
      return new TextureSettings(
          new PatchSettings(patch, tolerance, PatchSettings.defaults().kept()), glcm);
    }
  }

  /** How real and generated images are told apart, and what those are worth for training. */
  static final class TwoSampleOptions {
    @Option(
        names = "--test-images",
        paramLabel = "N",
        defaultValue = "500",
        description = {
          "How many images of each set classifiers learn to tell apart, drawn at random"
              + " (default: ${DEFAULT-VALUE}).",
          "Told in half of the cases, real and generated are alike."
        })
    private int images;

    @Option(
        names = "--augmentation",
        description = {
          "Also try what the images are worth for training: a small classifier of labels learns"
              + " from real images, from generated ones or from both, and is tested on real ones.",
          "The first label of an image counts; each needs 5 images in both sets."
        })
    private boolean augmentation;

    EvaluationSettings withTrials(EvaluationSettings settings) {
      return augmentation ? settings.with(AugmentationSettings.defaults()) : settings;
    }

    TwoSampleSettings settings() {
      return TwoSampleSettings.defaults().withImages(images);
    }
  }

  /** Whether and how meaning is measured. */
  static final class SemanticOptions {
    @Option(
        names = "--sar-clip",
        paramLabel = "DIR|default",
        description = {
          "A SAR-CLIP: adds caption similarity and rank, label recognition, FID, KID, precision,"
              + " recall and the search for memorised images.",
          "default: the small one that was trained beside the default model; it knows fields,"
              + " forests, trees, roads and houses."
        })
    private Optional<String> folder = Optional.empty();

    @Option(
        names = "--rank-batch",
        paramLabel = "N",
        defaultValue = "16",
        description =
            "Captions among which each image's own is ranked (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
        names = "--classes",
        paramLabel = "LABEL",
        split = ",",
        description = "Labels that images are told apart by (default: all).")
    private List<String> classes = List.of();

    @Option(
        names = "--template",
        paramLabel = "TEXT",
        defaultValue = "a SAR image of {label}",
        description = "The text that stands for a label (default: ${DEFAULT-VALUE}).")
    private String template;

    SemanticSettings settings() {
      return new SemanticSettings(batch, classes, template);
    }

    Optional<SarClip> open(SessionSettings session, Cancellation cancellation) {
      return folder.map(
          name ->
              SarClip.open(
                  name.equals("default") ? ModelFolder.ofDefaultSarClip() : Path.of(name),
                  session,
                  cancellation));
    }
  }
}
