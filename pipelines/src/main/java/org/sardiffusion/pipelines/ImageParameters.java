package org.sardiffusion.pipelines;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.runtime.diffusion.Control;
import org.sardiffusion.runtime.parameter.Overrides;
import org.sardiffusion.runtime.parameter.Parameter;
import org.sardiffusion.runtime.parameter.ParameterException;
import org.sardiffusion.runtime.parameter.ValueType;

/**
 * The rows of the option table that say what an image is, beside how it is sampled ({@link
 * org.sardiffusion.runtime.diffusion.Sampling#PARAMETERS}): its size, what it starts from and
 * follows, and where it lies.
 */
public final class ImageParameters {
  public static final Parameter<Integer> WIDTH =
      new Parameter<>(
          "width", ValueType.count(1).labelled("PIXELS"), "Width; the model's own if not given.");
  public static final Parameter<Integer> HEIGHT =
      new Parameter<>(
          "height", ValueType.count(1).labelled("PIXELS"), "Height; the model's own if not given.");

  public static final Parameter<String> INIT_IMAGE =
      new Parameter<>(
          "init_image",
          ValueType.text().labelled("FILE"),
          "Start from that image: NPY, GeoTIFF, PNG, JPEG or ENVI, amplitude in [0,1] or whole"
              + " numbers, of the size to make.",
          "Pixels without data (NaN, nodata) are made anew, and only they.");
  public static final Parameter<Double> STRENGTH =
      new Parameter<>(
          "strength",
          ValueType.above(0, 1),
          "How far to go from the init image, above 0 to 1: the part of the steps that are taken."
              + " 0.3; with a mask or pixels without data 1.");
  public static final Parameter<String> MASK =
      new Parameter<>(
          "mask",
          ValueType.text().labelled("FILE"),
          "Make only this part of the init image anew: an image of its size, 0.5 or more where.");
  public static final Parameter<List<String>> CONTROL_IMAGE =
      new Parameter<>(
          "control_image",
          ValueType.texts().labelled("FILE[:SCALE]"),
          "An image that the model's ControlNet follows, and how strongly (1 if not given): as the"
              + " init image, or in colours (PNG, JPEG, TIFF, NPY [3,H,W]).",
          "Once for each ControlNet, in the order that \"model inspect\" shows.");
  public static final Parameter<Double> CONTROL_START =
      new Parameter<>(
          "control_start",
          ValueType.between(0, 1),
          "Part of the steps before which there is no control (default: 0).");
  public static final Parameter<Double> CONTROL_END =
      new Parameter<>(
          "control_end",
          ValueType.between(0, 1),
          "Part of the steps after which there is no control (default: 1).");
  public static final Parameter<Boolean> GUESS_MODE =
      new Parameter<>(
          "guess_mode",
          ValueType.flag(),
          "Let the control image lead even where the prompt says nothing; guidance of 3 to 5 suits.");

  public static final Parameter<String> CRS =
      new Parameter<>(
          "crs", ValueType.text().labelled("EPSG:N"), "Coordinate system of the image.");
  public static final Parameter<ValueType.Pair> ORIGIN =
      new Parameter<>(
          "origin", ValueType.pair(), "Upper left corner of the image in that coordinate system.");
  public static final Parameter<Double> PIXEL_SIZE =
      new Parameter<>(
          "pixel_size",
          ValueType.above(0, Double.POSITIVE_INFINITY).labelled("M"),
          "Size of a pixel in metres (degrees, if the coordinate system is in degrees); the model's"
              + " own if not given.");

  /** How large an image is. */
  public static final List<Parameter<?>> SIZE = List.of(WIDTH, HEIGHT);

  /** What an image starts from. */
  private static final List<Parameter<?>> START = List.of(INIT_IMAGE, STRENGTH, MASK);

  /** What goes with control images. */
  private static final List<Parameter<?>> WITH_CONTROL =
      List.of(CONTROL_START, CONTROL_END, GUESS_MODE);

  /** What an image starts from and follows. */
  public static final List<Parameter<?>> INPUTS =
      List.of(INIT_IMAGE, STRENGTH, MASK, CONTROL_IMAGE, CONTROL_START, CONTROL_END, GUESS_MODE);

  /** Where an image lies. */
  public static final List<Parameter<?>> PLACE = List.of(CRS, ORIGIN, PIXEL_SIZE);

  /** diffusers' default for image to image. */
  private static final double USUAL_STRENGTH = 0.3;

  private static final Pattern SCALED = Pattern.compile("(.+):([0-9.eE+-]+)");

  private ImageParameters() {}

  /**
   * The size of an image.
   *
   * @param usual where nothing says another
   */
  public static Size size(Overrides given, Size usual) {
    return new Size(given.or(WIDTH, usual.width()), given.or(HEIGHT, usual.height()));
  }

  /**
   * The size of the images that it starts from or follows, if there are any.
   *
   * @throws org.sardiffusion.core.SarDiffusionException if one can't be read
   */
  public static Optional<Size> inputSize(Overrides given, InputFiles files) {
    return given
        .get(INIT_IMAGE)
        .map(name -> files.start(files.file(name)).size())
        .or(
            () ->
                given
                    .get(CONTROL_IMAGE)
                    .map(names -> files.control(scaled(names.get(0), files).image())));
  }

  /**
   * What an image starts from and follows.
   *
   * @throws ParameterException if what goes with an image stands there without it
   * @throws org.sardiffusion.core.SarDiffusionException if a file is missing or can't be read
   */
  public static ImageInputs inputs(Overrides given, InputFiles files) {
    if (given.get(INIT_IMAGE).isEmpty() && given.any(START)) {
      throw new ParameterException(
          "The strength and the mask go with an init image only.", Remedy.choose(INIT_IMAGE.key()));
    }
    if (given.get(CONTROL_IMAGE).isEmpty() && given.any(WITH_CONTROL)) {
      throw new ParameterException(
          "The start and the end of control, and guess mode, go with a control image only.",
          Remedy.choose(CONTROL_IMAGE.key()));
    }
    return new ImageInputs(
        given.get(INIT_IMAGE).map(name -> start(name, given, files)),
        given.get(CONTROL_IMAGE).map(names -> control(names, given, files)));
  }

  /** What says of files what {@link #inputs} makes of it. */
  public static Overrides values(ImageInputs inputs) {
    Overrides values = Overrides.NONE;
    if (inputs.start().isPresent()) {
      ImageInputs.Start from = inputs.start().get();
      values =
          values
              .with(INIT_IMAGE, from.image().path().toString())
              .with(STRENGTH, from.strength())
              .with(MASK, from.mask().map(mask -> mask.path().toString()));
    }
    if (inputs.control().isPresent()) {
      ImageInputs.ControlInput control = inputs.control().get();
      values =
          values
              .with(
                  CONTROL_IMAGE,
                  control.images().stream()
                      .map(each -> each.image().path() + ":" + each.scale())
                      .toList())
              .with(CONTROL_START, control.start())
              .with(CONTROL_END, control.end())
              .with(GUESS_MODE, control.mode() == Control.Mode.GUESS);
    }
    return values;
  }

  private static ImageInputs.Start start(String name, Overrides given, InputFiles files) {
    InputFile image = files.file(name);
    Optional<InputFile> mask = given.get(MASK).map(files::file);
    boolean partly = mask.isPresent() || files.start(image).nodata();
    return new ImageInputs.Start(image, given.or(STRENGTH, partly ? 1 : USUAL_STRENGTH), mask);
  }

  private static ImageInputs.ControlInput control(
      List<String> names, Overrides given, InputFiles files) {
    List<ImageInputs.Scaled> images = names.stream().map(name -> scaled(name, files)).toList();
    images.forEach(each -> files.control(each.image()));
    return new ImageInputs.ControlInput(
        images,
        given.or(CONTROL_START, 0.0),
        given.or(CONTROL_END, 1.0),
        given.or(GUESS_MODE, false) ? Control.Mode.GUESS : Control.Mode.BALANCED);
  }

  /** A file may have a colon in its name, and on Windows has one after its drive. */
  private static ImageInputs.Scaled scaled(String text, InputFiles files) {
    Matcher matcher = SCALED.matcher(text.strip());
    if (!matcher.matches() || files.exists(text)) {
      return new ImageInputs.Scaled(files.file(text), 1);
    }
    try {
      return new ImageInputs.Scaled(
          files.file(matcher.group(1)), Double.parseDouble(matcher.group(2)));
    } catch (NumberFormatException e) {
      throw new ParameterException(
          "The scale \"" + matcher.group(2) + "\" of a control image is not a number.");
    }
  }

  /**
   * Where an image lies.
   *
   * @param usual where nothing says otherwise
   * @throws ParameterException if a coordinate system or an origin lacks the other
   * @throws org.sardiffusion.geo.place.PlacementException if there is no such coordinate system
   */
  public static AffineGrid place(Overrides given, AffineGrid usual) {
    if (!given.any(PLACE)) {
      return usual;
    }
    double pixel = given.or(PIXEL_SIZE, usual.pixelWidth());
    Optional<String> crs = given.get(CRS).map(String::strip);
    Optional<ValueType.Pair> origin = given.get(ORIGIN);
    if (crs.isEmpty() && usual.crs().isEmpty()) {
      if (origin.isPresent()) {
        throw new ParameterException(
            "The origin needs a crs: say which coordinate system it is in.",
            Remedy.choose(CRS.key()));
      }
      return AffineGrid.unreferenced(pixel);
    }
    if (crs.isPresent() && origin.isEmpty()) {
      throw new ParameterException(
          "The crs needs an origin X,Y: the upper left corner of the image.",
          Remedy.choose(ORIGIN.key()));
    }
    Crs system = crs.map(Crs::of).orElseGet(() -> usual.crs().orElseThrow());
    ValueType.Pair corner =
        origin.orElseGet(() -> new ValueType.Pair(usual.map().originX(), usual.map().originY()));
    return AffineGrid.northUp(system, corner.x(), corner.y(), pixel);
  }
}
