package org.sardiffusion.pipelines.scene;

import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.scene.SceneException;

/**
 * A scene to make.
 *
 * @param extent how large it is, and which part of it is made
 * @param prompts what is where
 * @param sampling of one image
 * @param output where it goes
 * @param cascade coarser scenes to make first; a cascade makes whole scenes only
 */
public record SceneRequest(
    SceneExtent extent,
    ScenePrompts prompts,
    Sampling sampling,
    SceneOutput output,
    Optional<SceneCascade> cascade) {

  /**
   * @throws SceneException if the sampling is of several images, or a cascade can't make the scene
   */
  public SceneRequest {
    if (sampling.count() != 1) {
      throw new SceneException("A scene is one image, not " + sampling.count() + ".");
    }
    if (extent.window().isPresent() && cascade.isPresent()) {
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
      SceneExtent extent, ScenePrompts prompts, Sampling sampling, SceneOutput output) {
    this(extent, prompts, sampling, output, Optional.empty());
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
        new Size(half(extent.size().width(), multiple), half(extent.size().height(), multiple));
    AffineGrid placement = output.placement().coarser(2);
    Path image =
        output.image().resolveSibling(output.image().getFileName() + "." + levels.spacing() + "m");
    return new SceneRequest(
        SceneExtent.whole(size),
        levels.prompts().at(2),
        sampling.forImage(1),
        new SceneOutput(image, placement, output.options(), Optional.empty()),
        levels.above());
  }

  /** Twice as many reach to the last latent pixel of the finer scene. */
  private static int half(int pixels, int multiple) {
    long padded = ((long) pixels + multiple - 1) / multiple * multiple;
    return Math.toIntExact((padded + 1) / 2);
  }
}
