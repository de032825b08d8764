package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.training.PythonEnvironment;
import org.sardiffusion.training.dataset.CaptionBook;
import org.sardiffusion.training.dataset.CaptionSettings;
import org.sardiffusion.training.dataset.Captioner;
import org.sardiffusion.training.dataset.DatasetBuild;
import org.sardiffusion.training.dataset.DatasetManifest;
import org.sardiffusion.training.dataset.DatasetRequest;
import org.sardiffusion.training.dataset.Existing;
import org.sardiffusion.training.dataset.LabelDictionary;
import org.sardiffusion.training.dataset.PatchGrid;
import org.sardiffusion.training.dataset.Preparation;
import org.sardiffusion.training.dataset.QualityLimits;
import org.sardiffusion.training.dataset.SceneRule;
import org.sardiffusion.training.dataset.SplitSettings;
import org.sardiffusion.training.dataset.TransformersCaptioner;
import org.sardiffusion.training.dataset.Uncaptioned;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Radar images and captions to a training set. */
@Command(
    name = "dataset",
    description = "Builds a training set from radar images and captions.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  sar-diffusion dataset slc/ --captions captions.csv --scene-of \"(flight\\d+)\" \\",
      "      --out trainingset",
      "  sar-diffusion dataset images/ --captions metadata.jsonl --spacing 0.2 \\",
      "      --patch 240x240 --scene-blocks 30 --out trainingset",
      "",
      "OUT holds train/, validation/ and test/, each with images/ and metadata.jsonl,",
      "as Hugging Face's imagefolder has it; dataset.json (settings, counts, hashes),",
      "dropped.jsonl (each patch left out, and why) and categories.svg."
    })
final class DatasetCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "IMAGE",
      arity = "1..*",
      description = "Images, complex or amplitude, or folders of such.")
  private List<Path> inputs = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The training set to make.")
  private Path out;

  @Mixin private PreparationOptions preparation;

  /** From a file to an amplitude image at the target spacing. */
  static final class PreparationOptions {
    @Option(
        names = "--spacing",
        paramLabel = "M[,M]",
        description = "Spacing of the images' columns (and rows), metres; else what files say.")
    private Optional<String> spacing = Optional.empty();

    @Option(
        names = "--target-spacing",
        paramLabel = "M",
        defaultValue = "0.4",
        description = "Spacing of the patches (default: ${DEFAULT-VALUE}).")
    private double targetSpacing = 0.4;

    @Option(
        names = "--calibration",
        paramLabel = "K",
        defaultValue = "1",
        description = "Factor on all amplitudes; enters the divisors only.")
    private double calibration = 1;

    @Option(
        names = "--nodata",
        paramLabel = "A",
        description = "Amplitude of pixels without data, if files don't say.")
    private Optional<Double> nodata = Optional.empty();

    @Option(
        names = "--scratch",
        paramLabel = "DIR",
        description = "Folder for temporary files; beside DIR if not given.")
    private Optional<Path> scratch = Optional.empty();

    Preparation preparation() {
      return new Preparation(
          spacing.map(PreparationOptions::spacing),
          targetSpacing,
          calibration,
          nodata.map(OptionalDouble::of).orElse(OptionalDouble.empty()));
    }

    private static Spacing spacing(String text) {
      String[] parts = text.split(",", -1);
      double columns = Converters.number(parts[0]);
      double rows = parts.length == 1 ? columns : Converters.number(parts[1]);
      if (!(columns > 0 && rows > 0) || parts.length > 2) {
        throw new TypeConversionException(
            "'" + text + "' is not a spacing: write one or two positive numbers of metres.");
      }
      return new Spacing(columns, rows);
    }
  }

  @Mixin private PatchOptions patches;

  /** How images are cut, and what is kept. */
  static final class PatchOptions {
    @Option(
        names = "--patch",
        paramLabel = "WxH",
        defaultValue = "1024x1024",
        converter = Converters.ToSize.class,
        description = "Size of a patch (default: ${DEFAULT-VALUE}).")
    private Size patch = new Size(1024, 1024);

    @Option(
        names = "--stride",
        paramLabel = "WxH",
        converter = Converters.ToSize.class,
        description = "From one patch to the next; the size of a patch if not given.")
    private Optional<Size> stride = Optional.empty();

    @Option(
        names = "--bits",
        paramLabel = "8|16",
        defaultValue = "8",
        description = "Bits of a pixel (default: ${DEFAULT-VALUE}).")
    private int bits = 8;

    @Option(
        names = "--max-nodata",
        paramLabel = "X",
        defaultValue = "0.001",
        description = "Largest share of pixels without data (default: ${DEFAULT-VALUE}).")
    private double maxNodata = 0.001;

    @Option(
        names = "--max-saturated",
        paramLabel = "X",
        defaultValue = "0.1",
        description = "Largest share of pixels clipped at 1 (default: ${DEFAULT-VALUE}).")
    private double maxSaturated = 0.1;

    @Option(
        names = "--max-flat",
        paramLabel = "X",
        defaultValue = "0.5",
        description =
            "Largest share of pixels of one grey level; over it, a patch is blank"
                + " (default: ${DEFAULT-VALUE}).")
    private double maxFlat = 0.5;

    @Option(
        names = "--min-sharpness",
        paramLabel = "X",
        defaultValue = "0.03",
        description = {
          "Least contrast of neighbouring pixels; under it, a patch is blurred"
              + " (default: ${DEFAULT-VALUE}).",
          "Single-look speckle has up to 0.27. Lower it for multi-look images."
        })
    private double minSharpness = 0.03;

    @Option(
        names = "--duplicate-distance",
        paramLabel = "BITS",
        defaultValue = "45",
        description = {
          "Patches whose perceptual hashes differ in no more of their 256 bits are duplicates"
              + " (default: ${DEFAULT-VALUE}; -1: only equal ones are)."
        })
    private int duplicateDistance = 45;

    PatchGrid grid() {
      Size step = stride.orElse(patch);
      return new PatchGrid(patch.width(), patch.height(), step.width(), step.height());
    }

    QualityLimits limits() {
      return new QualityLimits(maxNodata, maxFlat, maxSaturated, minSharpness, duplicateDistance);
    }
  }

  @Mixin private CaptionOptions captions;

  /** Where words come from. */
  static final class CaptionOptions {
    @Option(
        names = "--captions",
        paramLabel = "FILE",
        description = {
          "CSV, Parquet or JSON lines: file_name (of an image or a patch), caption; optional labels, scene,"
              + " spacing, mask."
        })
    private Optional<Path> book = Optional.empty();

    @Option(
        names = "--captioner",
        paramLabel = "MODEL",
        description = {
          "Write missing captions with this transformers image-text model: a folder, or an id in"
              + " the local cache."
        })
    private Optional<String> captioner = Optional.empty();

    @Option(
        names = "--optical",
        paramLabel = "DIR",
        description = "Caption optical images of the same places, named as images or patches.")
    private Optional<Path> optical = Optional.empty();

    @Option(
        names = "--caption-prompt",
        paramLabel = "TEXT",
        description = "What the captioner is asked.")
    private Optional<String> prompt = Optional.empty();

    @Option(names = "--allow-download", description = "Let the captioner fetch its model.")
    private boolean allowDownload;

    @Option(
        names = "--caption-template",
        paramLabel = "TEXT",
        defaultValue = CaptionSettings.PLACE,
        description = "What captions become, such as \"A <SAR> image of {caption}\".")
    private String template = CaptionSettings.PLACE;

    @Option(
        names = "--uncaptioned",
        paramLabel = "fail|skip|empty",
        defaultValue = "fail",
        description = "What to do with patches without a caption (default: ${DEFAULT-VALUE}).")
    private Uncaptioned uncaptioned = Uncaptioned.FAIL;

    @Option(
        names = "--labels",
        paramLabel = "FILE",
        description = "Keywords of each category, YAML; the paper's categories if not given.")
    private Optional<Path> labels = Optional.empty();
  }

  @Mixin private SplitOptions split;

  /** Who goes where. */
  static final class SplitOptions {
    @Option(
        names = "--split",
        paramLabel = "T,V,T",
        defaultValue = "0.8,0.1,0.1",
        description = "Shares of train, validation and test (default: ${DEFAULT-VALUE}).")
    private String shares = "0.8,0.1,0.1";

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "0",
        description = "Decides which scenes go where (default: ${DEFAULT-VALUE}).")
    private long seed;

    @ArgGroup private SceneOptions scenes = new SceneOptions();

    SplitSettings settings() {
      String[] parts = shares.split(",", -1);
      if (parts.length != 3) {
        throw new TypeConversionException(
            "'" + shares + "' is not three shares: write --split 0.8,0.1,0.1.");
      }
      return new SplitSettings(
          scenes.rule(),
          Converters.number(parts[0]),
          Converters.number(parts[1]),
          Converters.number(parts[2]),
          seed);
    }
  }

  /** Which files show the same scene. */
  static final class SceneOptions {
    @Option(
        names = "--scene-of",
        paramLabel = "REGEX",
        description = {
          "Part of a file's name that names its scene (first group, or the whole match); every file"
              + " is a scene if not given. A scene is never shared between splits."
        })
    private Optional<String> pattern = Optional.empty();

    @Option(
        names = "--scene-blocks",
        paramLabel = "N",
        description = "Files with consecutive numbers are one scene, N at a time.")
    private Optional<Integer> blocks = Optional.empty();

    SceneRule rule() {
      if (blocks.isPresent()) {
        return new SceneRule.NumberBlocks(blocks.get());
      }
      try {
        return pattern
            .<SceneRule>map(text -> new SceneRule.NamePart(Pattern.compile(text)))
            .orElse(new SceneRule.EachFile());
      } catch (PatternSyntaxException e) {
        throw new TypeConversionException(
            "'" + e.getPattern() + "' is no regular expression: " + e.getDescription() + ".");
      }
    }
  }

  @ArgGroup private ExistingOptions existing = new ExistingOptions();

  /** At most one of them. */
  static final class ExistingOptions {
    @Option(names = "--resume", description = "Go on with an unfinished build.")
    private boolean resume;

    @Option(names = "--overwrite", description = "Replace what is there.")
    private boolean overwrite;

    Existing choice() {
      return resume ? Existing.RESUME : overwrite ? Existing.OVERWRITE : Existing.REFUSE;
    }
  }

  @Mixin private ReportOptions report;

  /** What is reported. */
  static final class ReportOptions {
    @Option(names = "--dry-run", description = "Say what would be done, and write nothing.")
    private boolean dryRun;

    @Mixin private PrintOptions print;
  }

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    DatasetRequest request;
    try {
      request = request();
    } catch (TypeConversionException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    DatasetReport reported = new DatasetReport(spec.commandLine().getOut(), out);
    if (report.dryRun) {
      reported.plan(DatasetBuild.plan(request), report.print.json());
      return 0;
    }
    Interruption.farewell(
        "stopped. What was done is kept in " + out + ".partial; go on with --resume.");
    Console console = new Console(spec.commandLine().getErr(), report.print.quiet());
    try (Cancellation cancellation = Interruption.cancellation()) {
      DatasetManifest manifest = DatasetBuild.run(request, console, cancellation);
      console.end();
      double seconds = (System.nanoTime() - start) * 1e-9;
      if (report.print.json()) {
        reported.json(manifest, seconds);
      } else if (!report.print.quiet()) {
        reported.tables(manifest, seconds);
      }
      return 0;
    } finally {
      console.end();
    }
  }

  private DatasetRequest request() {
    return new DatasetRequest(
        inputs,
        out,
        preparation.preparation(),
        patches.grid(),
        patches.limits(),
        sampleType(),
        split.settings(),
        new CaptionSettings(
            captions.book.map(CaptionBook::read).orElseGet(CaptionBook::empty),
            captioner(),
            captions.labels.map(LabelDictionary::read).orElseGet(LabelDictionary::standard),
            captions.template,
            captions.uncaptioned),
        preparation.scratch,
        existing.choice());
  }

  private SampleType sampleType() {
    return Optional.ofNullable(Map.of(8, SampleType.UINT8, 16, SampleType.UINT16).get(patches.bits))
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(), "--bits is 8 or 16, not " + patches.bits + "."));
  }

  private Optional<Captioner> captioner() {
    if (captions.captioner.isEmpty()) {
      if (captions.optical.isPresent()) {
        throw new ParameterException(
            spec.commandLine(), "--optical needs --captioner MODEL, which looks at these images.");
      }
      return Optional.empty();
    }
    PythonEnvironment python =
        PythonEnvironment.in(Home.folder().resolve("training-bridge/python"));
    if (!report.dryRun) {
      python.provision(spec.commandLine().getErr()::println);
    }
    return Optional.of(
        new TransformersCaptioner(
            python,
            captions.captioner.get(),
            captions.optical,
            captions.prompt,
            captions.allowDownload
                ? TransformersCaptioner.Download.ALLOWED
                : TransformersCaptioner.Download.NEVER));
  }
}
