package org.sardiffusion.pipelines.scene;

import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.runtime.diffusion.DiffusionRequest;
import org.sardiffusion.runtime.diffusion.Init;
import org.sardiffusion.runtime.scene.SceneException;

/**
 * A scene to make.
 *
 * @param sampling the whole scene's size in pixels, any; seed, steps, sampler, guidance; its prompt
 *     does not count
 * @param prompts what is where
 * @param window the part to make, pixels of the scene, which has the same pixels as in the whole;
 *     empty makes all of it
 * @param output where it goes
 * @param cascade coarser scenes to make first; a cascade makes whole scenes only
 */
public record SceneRequest(
    DiffusionRequest sampling,
    ScenePrompts prompts,
    Optional<Window> window,
    SceneOutput output,
    Optional<SceneCascade> cascade) {
  /** A larger side is a mistake, and more than most programs open. */
  private static final int LARGEST_SIDE = 1 << 20;

  /**
   * @throws SceneException if the sampling is of several images, or from or after others, or larger
   *     than a scene may be
   */
  public SceneRequest {
    requireSide(sampling.size());
    if (sampling.count() != 1
        || !(sampling.init() instanceof Init.Noise)
        || sampling.control().isPresent()
        || sampling.cover().isPresent()) {
      throw new SceneException(
          "A scene is one image, made from noise alone: it has no count, no init image and no"
              + " control image.");
    }
    window.ifPresent(w -> requireWithin(w, sampling));
    if (window.isPresent() && cascade.isPresent()) {
      throw new SceneException(
          "A cascade makes whole scenes: a part of one depends on all of the coarser ones. Make the"
              + " scene without a window, or without a cascade.",
          Remedy.omit("window"),
          Remedy.omit("cascade"));
    }
    cascade.ifPresent(c -> c.requireEndsAbove(spacing(output)));
  }

  /** A scene without coarser ones before it. */
  public SceneRequest(
      DiffusionRequest sampling,
      ScenePrompts prompts,
      Optional<Window> window,
      SceneOutput output) {
    this(sampling, prompts, window, output, Optional.empty());
  }

  private static double spacing(SceneOutput output) {
    if (output.placement().crs().map(Crs::isGeographic).orElse(false)) {
      throw new SceneException(
          "The spacings of a cascade are in metres: choose a coordinate system in metres, such as a"
              + " UTM zone.",
          Remedy.choose("crs"));
    }
    return output.placement().pixelWidth();
  }

  /**
   * The next coarser scene of the cascade.
   *
   * <p>Its seed is the next one: with the same one, both would have the same noise in the same
   * latent pixels, which are not the same places.
   *
   * @param multiple what the sides of the model's images are multiples of, pixels
   */
  SceneRequest coarser(int multiple) {
    SceneCascade levels = cascade.orElseThrow();
    Size size =
        new Size(half(sampling.size().width(), multiple), half(sampling.size().height(), multiple));
    AffineGrid placement = output.placement().coarser(2);
    Path image =
        output.image().resolveSibling(output.image().getFileName() + "." + levels.spacing() + "m");
    return new SceneRequest(
        sampling.forImage(1).with(size),
        levels.prompts().at(2),
        Optional.empty(),
        new SceneOutput(image, placement, output.options(), Optional.empty()),
        levels.above());
  }

  /** Twice as many reach to the last latent pixel of the finer scene. */
  private static int half(int pixels, int multiple) {
    long padded = ((long) pixels + multiple - 1) / multiple * multiple;
    return Math.toIntExact((padded + 1) / 2);
  }

  /**
   * Checks a size before anything is made for it.
   *
   * @throws SceneException if a side is longer than a scene may be
   */
  public static void requireSide(Size size) {
    if (Math.max(size.width(), size.height()) > LARGEST_SIDE) {
      throw new SceneException(
          "A scene may have up to "
              + LARGEST_SIDE
              + " pixels on a side, but "
              + size
              + " are asked for. Make several scenes.");
    }
  }

  private static void requireWithin(Window window, DiffusionRequest sampling) {
    if (window.right() > sampling.size().width() || window.bottom() > sampling.size().height()) {
      throw new SceneException(
          "The window reaches to column "
              + window.right()
              + " and row "
              + window.bottom()
              + ", but the scene has "
              + sampling.size()
              + " pixels.");
    }
  }

  /** What is made, pixels of the scene. */
  Window made() {
    return window.orElse(new Window(0, 0, sampling.size().width(), sampling.size().height()));
  }
}
