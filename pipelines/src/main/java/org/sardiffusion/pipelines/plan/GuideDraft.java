package org.sardiffusion.pipelines.plan;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.pipelines.ImageInputs;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.pipelines.list.PromptListException;
import org.sardiffusion.runtime.diffusion.Control;

/** The images that one combination of a line's options starts from and follows. */
final class GuideDraft {
  /** diffusers' default for image to image. */
  private static final double STRENGTH = 0.3;

  private static final Pattern SCALED = Pattern.compile("(.+):([0-9.eE+-]+)");

  private Optional<String> start = Optional.empty();
  private Optional<Double> strength = Optional.empty();
  private Optional<String> mask = Optional.empty();
  private List<String> controls = List.of();
  private double from;
  private double to = 1;
  private Control.Mode mode = Control.Mode.BALANCED;

  void start(String file) {
    start = Optional.of(file);
  }

  void strength(double value) {
    strength = Optional.of(value);
  }

  void mask(String file) {
    mask = Optional.of(file);
  }

  /** {@code FILE[:SCALE]}, one for each ControlNet, separated by commas. */
  void controls(String files) {
    controls = List.of(files.split(","));
  }

  void from(double share) {
    from = share;
  }

  void to(double share) {
    to = share;
  }

  /**
   * Whether the control images lead alone.
   *
   * @throws PromptListException if the text is neither true nor false
   */
  void guess(String text) {
    mode =
        switch (text.strip()) {
          case "true" -> Control.Mode.GUESS;
          case "false" -> Control.Mode.BALANCED;
          default -> throw new PromptListException("\"" + text + "\" is not true or false.");
        };
  }

  /** The size that the images have, if there are any. */
  Optional<Size> size(InputFiles files) {
    return start
        .map(file -> files.start(files.file(file)).size())
        .or(() -> scaled(files).stream().findFirst().map(each -> files.control(each.image())));
  }

  /**
   * The guides.
   *
   * @throws org.sardiffusion.core.SarDiffusionException if a file is missing, or what goes with an
   *     image stands there without it
   * @throws org.sardiffusion.core.SarDiffusionException if a file can't be read
   */
  ImageInputs imageInputs(InputFiles files) {
    if (start.isEmpty() && (strength.isPresent() || mask.isPresent())) {
      throw new PromptListException("Its strength or mask needs an init-image.");
    }
    if (controls.isEmpty() && (from != 0 || to != 1 || mode == Control.Mode.GUESS)) {
      throw new PromptListException(
          "Its control-start, control-end or guess-mode needs a control-image.");
    }
    List<ImageInputs.Scaled> scaled = scaled(files);
    scaled.forEach(each -> files.control(each.image()));
    return new ImageInputs(
        start.map(file -> start(files, file)),
        scaled.isEmpty()
            ? Optional.empty()
            : Optional.of(new ImageInputs.ControlInput(scaled, from, to, mode)));
  }

  private ImageInputs.Start start(InputFiles files, String name) {
    InputFile file = files.file(name);
    boolean partly = mask.isPresent() || files.start(file).gaps();
    return new ImageInputs.Start(
        file, strength.orElse(partly ? 1 : STRENGTH), mask.map(files::file));
  }

  private List<ImageInputs.Scaled> scaled(InputFiles files) {
    return controls.stream().map(text -> scaled(files, text)).toList();
  }

  private static ImageInputs.Scaled scaled(InputFiles files, String text) {
    Matcher matcher = SCALED.matcher(text.strip());
    return matcher.matches()
        ? new ImageInputs.Scaled(files.file(matcher.group(1)), scale(matcher.group(2)))
        : new ImageInputs.Scaled(files.file(text), 1);
  }

  private static double scale(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new PromptListException(
          "Its control-image's scale \"" + text + "\" is not a number.", e);
    }
  }
}
