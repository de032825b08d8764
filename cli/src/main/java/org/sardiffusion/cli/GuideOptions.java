package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.pipelines.ImageInputs;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.pipelines.InputImages;
import org.sardiffusion.runtime.diffusion.Control;
import org.sardiffusion.runtime.diffusion.GenerationException;
import picocli.CommandLine.Option;

/** The images that a generation starts from and follows. */
final class GuideOptions {
  /** diffusers' default for image to image. */
  private static final double STRENGTH = 0.3;

  @Option(
      names = "--init-image",
      paramLabel = "FILE",
      description = {
        "Start from that image: NPY, GeoTIFF, PNG, JPEG or ENVI, amplitude in [0,1] or whole numbers, of the size to"
            + " make.",
        "Pixels without data (NaN, nodata) are made anew, and only they."
      })
  private Optional<Path> initImage = Optional.empty();

  @Option(
      names = "--strength",
      paramLabel = "X",
      description =
          "How far to go from the init image, above 0 to 1: the part of the steps that are taken. 0.3; with a mask or"
              + " gaps 1.")
  private Optional<Double> strength = Optional.empty();

  @Option(
      names = "--mask",
      paramLabel = "FILE",
      description =
          "Make only this part of the init image anew: an image of its size, 0.5 or more where.")
  private Optional<Path> mask = Optional.empty();

  @Option(
      names = "--control-image",
      paramLabel = "FILE[:SCALE]",
      converter = Converters.ToControlImage.class,
      description = {
        "An image that the model's ControlNet follows, and how strongly (1 if not given): as --init-image, or in"
            + " colours (PNG, JPEG, TIFF, NPY [3,H,W]).",
        "Once for each ControlNet, in the order that \"model inspect\" shows."
      })
  private List<ScaledFile> controlImages = List.of();

  @Option(
      names = "--control-start",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "Part of the steps before which there is no control (default: ${DEFAULT-VALUE}).")
  private double controlStart;

  @Option(
      names = "--control-end",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "Part of the steps after which there is no control (default: ${DEFAULT-VALUE}).")
  private double controlEnd;

  @Option(
      names = "--guess-mode",
      description =
          "Let the control image lead even where the prompt says nothing; guidance of 3 to 5 suits.")
  private boolean guessMode;

  /** A file and its scale. */
  record ScaledFile(Path file, double scale) {}

  /** Whether ControlNets are needed. */
  boolean controlled() {
    return !controlImages.isEmpty();
  }

  /** The size of the images given, where there is one. */
  Optional<Size> size() {
    if (initImage.isPresent()) {
      return initImage.map(file -> InputImages.init(existing(file)).size());
    }
    return controlImages.stream()
        .findFirst()
        .map(image -> InputImages.control(existing(image.file())).size());
  }

  ImageInputs imageInputs() {
    if (initImage.isEmpty() && (strength.isPresent() || mask.isPresent())) {
      throw new GenerationException(
          (strength.isPresent() ? "--strength" : "--mask") + " goes with --init-image FILE only.");
    }
    if (!controlled() && (guessMode || controlStart != 0 || controlEnd != 1)) {
      throw new GenerationException(
          "--control-start, --control-end and --guess-mode go with --control-image FILE only.");
    }
    return new ImageInputs(initImage.map(this::start), following());
  }

  private ImageInputs.Start start(Path file) {
    InputFile image = InputFile.of(file);
    boolean partly = mask.isPresent() || InputImages.init(file).hasGaps();
    return new ImageInputs.Start(
        image, strength.orElse(partly ? 1 : STRENGTH), mask.map(InputFile::of));
  }

  private Optional<ImageInputs.ControlInput> following() {
    if (!controlled()) {
      return Optional.empty();
    }
    return Optional.of(
        new ImageInputs.ControlInput(
            controlImages.stream()
                .map(each -> new ImageInputs.Scaled(InputFile.of(each.file()), each.scale()))
                .toList(),
            controlStart,
            controlEnd,
            guessMode ? Control.Mode.GUESS : Control.Mode.BALANCED));
  }

  private static Path existing(Path file) {
    return InputFile.of(file).path();
  }
}
