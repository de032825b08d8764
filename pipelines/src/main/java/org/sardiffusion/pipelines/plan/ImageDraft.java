package org.sardiffusion.pipelines.plan;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ImageInputs;
import org.sardiffusion.pipelines.list.ImageColumns;
import org.sardiffusion.pipelines.list.PromptListException;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Parameter;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.StepPlan;

/**
 * One combination of a line's options on its way to a request: what the line leaves open is as in
 * the plan's defaults. Option names are those of the command, without the dashes in front.
 */
final class ImageDraft {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,7})\\s*[xX]\\s*(\\d{1,7})");

  private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?\\d+,\\d+");

  /** A CLIP tokenizer reads 77 tokens; what is this long is no prompt but a mistake. */
  private static final int LONGEST_PROMPT = 20_000;

  /** Sets one option from its text. */
  @FunctionalInterface
  private interface Setter {
    void set(ImageDraft draft, String value);
  }

  private static final Map<String, Setter> SETTERS = setters();

  private static Map<String, Setter> setters() {
    Map<String, Setter> set = new LinkedHashMap<>();
    set.put(ImageColumns.PROMPT, (d, v) -> d.prompt = v);
    set.put("negative-prompt", (d, v) -> d.set(Sampling.NEGATIVE_PROMPT, v));
    set.put("label", (d, v) -> d.label = v);
    set.put("split", (d, v) -> d.split = Optional.of(Split.parse(v)));
    set.put("seed", (d, v) -> d.seed = OptionalLong.of(whole(v)));
    set.put("count", (d, v) -> d.set(Sampling.COUNT, count(v)));
    set.put("size", (d, v) -> d.resize(size(v)));
    set.put("width", (d, v) -> d.resize(new Size(count(v), d.size.height())));
    set.put("height", (d, v) -> d.resize(new Size(d.size.width(), count(v))));
    set.put("steps", (d, v) -> d.set(Sampling.STEPS, new StepPlan.Steps(count(v))));
    set.put("timesteps", (d, v) -> d.set(Sampling.STEPS, new StepPlan.Timesteps(counts(v))));
    set.put("sigmas", (d, v) -> d.set(Sampling.STEPS, new StepPlan.Sigmas(numbers(v))));
    set.put(
        "scheduler",
        (d, v) -> d.set(Sampling.SAMPLER, new SamplerChoice.Named(SamplerName.parse(v.strip()))));
    set.put("eta", (d, v) -> d.set(Sampling.ETA, number(v)));
    set.put("guidance", (d, v) -> d.set(Sampling.GUIDANCE, number(v)));
    set.put("guidance-rescale", (d, v) -> d.set(Sampling.GUIDANCE_RESCALE, number(v)));
    set.put(
        "guidance-interval",
        (d, v) -> d.setPair(Sampling.GUIDANCE_START, Sampling.GUIDANCE_END, pair(v)));
    set.put("clip-skip", (d, v) -> d.set(Sampling.CLIP_SKIP, count(v)));
    set.put("decode-tile", (d, v) -> d.set(Sampling.DECODE_TILE, count(v)));
    set.put("original-size", (d, v) -> d.set(Sampling.ORIGINAL_SIZE, size(v)));
    set.put("crop", (d, v) -> d.setPair(Sampling.CROP_LEFT, Sampling.CROP_TOP, counts(v, 2)));
    set.put("target-size", (d, v) -> d.set(Sampling.TARGET_SIZE, size(v)));
    set.put("aesthetic-score", (d, v) -> d.set(Sampling.AESTHETIC_SCORE, number(v)));
    set.put("init-image", (d, v) -> d.inputs.start(v));
    set.put("strength", (d, v) -> d.inputs.strength(number(v)));
    set.put("mask", (d, v) -> d.inputs.mask(v));
    set.put("control-image", (d, v) -> d.inputs.controls(v));
    set.put("control-start", (d, v) -> d.inputs.from(number(v)));
    set.put("control-end", (d, v) -> d.inputs.to(number(v)));
    set.put("guess-mode", (d, v) -> d.inputs.guess(v));
    set.put("crs", (d, v) -> d.crs = Optional.of(v.strip()));
    set.put("origin", (d, v) -> d.origin = Optional.of(pair(v)));
    set.put("pixel-size", (d, v) -> d.pixelSize = Optional.of(number(v)));
    if (!List.copyOf(set.keySet()).equals(ImageColumns.names())) {
      throw new IllegalStateException(
          "Lists name " + ImageColumns.names() + ", not " + set.keySet());
    }
    return set;
  }

  private final Defaults defaults;
  private String prompt = "";
  private String label = "";
  private Optional<Split> split = Optional.empty();
  private OptionalLong seed = OptionalLong.empty();
  private Sampling.Overrides overrides = Sampling.Overrides.NONE;
  private Size size;
  private boolean sized;
  private final GuideDraft inputs = new GuideDraft();
  private Optional<String> crs = Optional.empty();
  private Optional<List<Double>> origin = Optional.empty();
  private Optional<Double> pixelSize = Optional.empty();

  /**
   * What lines leave open.
   *
   * @param files images that lines start from and follow
   */
  record Defaults(PlanSettings.Defaults settings, InputFiles files) {}

  private ImageDraft(Defaults defaults) {
    this.defaults = defaults;
    this.size = defaults.settings().size();
  }

  private <T> void set(Parameter<T> parameter, T value) {
    overrides = overrides.with(parameter, value);
  }

  private <T> void setPair(Parameter<T> first, Parameter<T> second, List<T> values) {
    set(first, values.get(0));
    set(second, values.get(1));
  }

  /**
   * The draft of one combination.
   *
   * @throws org.sardiffusion.core.SarDiffusionException if a value can't be
   */
  static ImageDraft of(Map<String, String> options, Defaults defaults) {
    ImageDraft draft = new ImageDraft(defaults);
    options.forEach((name, value) -> SETTERS.get(name).set(draft, value));
    if (!draft.sized) {
      draft.size = draft.inputs.size(defaults.files()).orElse(draft.size);
    }
    if (draft.prompt.isBlank()) {
      throw new PromptListException("It has no prompt.");
    }
    if (draft.prompt.length() > LONGEST_PROMPT) {
      throw new PromptListException(
          "Its prompt has " + draft.prompt.length() + " characters; a model reads 77 tokens.");
    }
    return draft;
  }

  String prompt() {
    return prompt;
  }

  String label() {
    return label.strip();
  }

  Optional<Split> split() {
    return split;
  }

  int count() {
    return overrides.get(Sampling.COUNT).orElse(defaults.settings().sampling().count());
  }

  /** The seed of the combination's first image, if the line names one. */
  OptionalLong seed() {
    return seed;
  }

  /** The request of one image. */
  GenerationRequest request(long imageSeed) {
    Sampling sampling = defaults.settings().sampling().with(overrides);
    return GenerationRequest.of(prompt, size, sampling.withSeed(imageSeed).withCount(1));
  }

  /**
   * Where the image lies.
   *
   * @throws org.sardiffusion.geo.place.PlacementException if that can't be
   */
  AffineGrid placement() {
    AffineGrid usual = defaults.settings().placement();
    if (crs.isEmpty() && origin.isEmpty() && pixelSize.isEmpty()) {
      return usual;
    }
    double pixel = pixelSize.orElse(usual.pixelWidth());
    if (crs.isEmpty() && usual.crs().isEmpty()) {
      if (origin.isPresent()) {
        throw new PromptListException(
            "Its origin needs a crs: say which coordinate system it is in.");
      }
      return AffineGrid.unreferenced(pixel);
    }
    Crs system = crs.map(Crs::of).orElseGet(() -> usual.crs().orElseThrow());
    if (crs.isPresent() && origin.isEmpty()) {
      throw new PromptListException("Its crs needs an origin X,Y: the upper left corner.");
    }
    List<Double> corner = origin.orElse(List.of(usual.map().originX(), usual.map().originY()));
    return AffineGrid.northUp(system, corner.get(0), corner.get(1), pixel);
  }

  private void resize(Size value) {
    size = value;
    sized = true;
  }

  /**
   * What the image starts from and follows.
   *
   * @throws org.sardiffusion.core.SarDiffusionException if a file is missing
   * @throws org.sardiffusion.core.SarDiffusionException if a file can't be read
   */
  ImageInputs imageInputs() {
    return inputs.imageInputs(defaults.files());
  }

  /** A whole number; 1.0 is one, too, as tables write columns with gaps so. */
  private static long whole(String text) {
    try {
      return new BigDecimal(text.strip()).longValueExact();
    } catch (NumberFormatException | ArithmeticException e) {
      throw wrong(text, "a whole number");
    }
  }

  private static int count(String text) {
    try {
      return Math.toIntExact(whole(text));
    } catch (ArithmeticException e) {
      throw wrong(text, "a whole number below 2^31");
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      String point = text.strip().replace(',', '.');
      throw wrong(
          text,
          DECIMAL_COMMA.matcher(text.strip()).matches() ? "a number: write " + point : "a number");
    }
  }

  private static Size size(String text) {
    Matcher matcher = SIZE.matcher(text.strip());
    if (!matcher.matches()) {
      // One number is a square.
      int side = count(text);
      return new Size(side, side);
    }
    return new Size(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  private static List<Double> pair(String text) {
    List<Double> pair = numbers(text);
    if (pair.size() != 2) {
      throw wrong(text, "a pair of numbers X,Y");
    }
    return pair;
  }

  private static List<Double> numbers(String text) {
    List<Double> numbers = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      numbers.add(number(part));
    }
    return numbers;
  }

  private static List<Integer> counts(String text) {
    List<Integer> counts = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      counts.add(count(part));
    }
    return counts;
  }

  private static List<Integer> counts(String text, int length) {
    List<Integer> counts = counts(text);
    if (counts.size() != length) {
      throw wrong(text, length + " whole numbers, separated by commas");
    }
    return counts;
  }

  private static PromptListException wrong(String text, String right) {
    return new PromptListException("\"" + text + "\" is not " + right + ".");
  }
}
