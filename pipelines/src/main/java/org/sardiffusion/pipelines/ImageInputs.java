package org.sardiffusion.pipelines;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sardiffusion.pipelines.recipe.RecipeException;
import org.sardiffusion.runtime.diffusion.Control;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Init;

/**
 * The files that a generation starts from and follows, beside its prompt.
 *
 * @param start the image that it starts from
 * @param control the images that the model's ControlNets follow
 */
public record ImageInputs(Optional<Start> start, Optional<ControlInput> control) {

  /** A prompt alone. */
  public static final ImageInputs NONE = new ImageInputs(Optional.empty(), Optional.empty());

  /**
   * Image to image, or inpainting.
   *
   * @param image read by {@link InputImages#init}
   * @param strength above 0, up to 1
   * @param mask read by {@link InputImages#mask}
   */
  public record Start(InputFile image, double strength, Optional<InputFile> mask) {}

  /**
   * What ControlNets follow.
   *
   * @param images one for each ControlNet, in its order, read by {@link InputImages#control}
   * @param start fraction of the steps before which they are off
   * @param end fraction of the steps after which they are off
   * @param mode how control and prompt share the work
   */
  public record ControlInput(List<Scaled> images, double start, double end, Control.Mode mode) {
    public ControlInput {
      images = List.copyOf(images);
    }
  }

  /** A control image and its scale. */
  public record Scaled(InputFile image, double scale) {}

  /** The files. */
  List<Path> files() {
    return Stream.concat(
            start.stream()
                .flatMap(from -> Stream.concat(Stream.of(from.image()), from.mask().stream())),
            control.stream().flatMap(c -> c.images().stream()).map(Scaled::image))
        .map(InputFile::path)
        .toList();
  }

  /**
   * A request with what is in the files.
   *
   * @throws org.sardiffusion.runtime.diffusion.GenerationException if an image does not fit it
   * @throws org.sardiffusion.core.SarDiffusionException if a file can't be read
   */
  public GenerationRequest applyTo(GenerationRequest request) {
    GenerationRequest guided = request;
    if (start.isPresent()) {
      Start from = start.get();
      guided =
          guided.with(
              new Init.Image(
                  InputImages.init(from.image().path()),
                  from.strength(),
                  from.mask().map(file -> InputImages.mask(file.path()))));
    }
    if (control.isPresent()) {
      ControlInput following = control.get();
      List<Control.Signal> signals =
          following.images().stream()
              .map(
                  scaled ->
                      new Control.Signal(
                          InputImages.control(scaled.image().path()),
                          scaled.scale(),
                          following.start(),
                          following.end()))
              .toList();
      guided = guided.with(new Control(signals, following.mode()));
    }
    return guided;
  }

  /**
   * Makes sure that the files are still what they were when they were named; to be called after
   * {@link #applyTo}, so that what was read is what a recipe says.
   *
   * @throws org.sardiffusion.runtime.diffusion.GenerationException if one has changed, or is gone
   */
  public void requireUnchanged() {
    start.ifPresent(
        from -> {
          from.image().requireUnchanged();
          from.mask().ifPresent(InputFile::requireUnchanged);
        });
    control.ifPresent(
        following -> following.images().forEach(each -> each.image().requireUnchanged()));
  }

  /**
   * The same files, found again for an image that was made from them.
   *
   * @throws RecipeException if one is gone or has changed
   */
  public ImageInputs foundFor(Path image) {
    return new ImageInputs(
        start.map(
            from ->
                new Start(
                    from.image().foundFor(image),
                    from.strength(),
                    from.mask().map(mask -> mask.foundFor(image)))),
        control.map(
            following ->
                new ControlInput(
                    following.images().stream()
                        .map(each -> new Scaled(each.image().foundFor(image), each.scale()))
                        .toList(),
                    following.start(),
                    following.end(),
                    following.mode())));
  }

  /** The same files, told by their content alone, wherever they lie. */
  public ImageInputs withoutPaths() {
    return new ImageInputs(
        start.map(
            from ->
                new Start(
                    from.image().withoutPath(),
                    from.strength(),
                    from.mask().map(InputFile::withoutPath))),
        control.map(
            following ->
                new ControlInput(
                    following.images().stream()
                        .map(each -> new Scaled(each.image().withoutPath(), each.scale()))
                        .toList(),
                    following.start(),
                    following.end(),
                    following.mode())));
  }
}
