package org.sardiffusion.pipelines.refinement;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.conditioning.ConditioningException;
import org.sardiffusion.conditioning.amplitude.AmplitudeNormalisation;
import org.sardiffusion.conditioning.amplitude.AmplitudeScale;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.pipelines.FollowingControl;
import org.sardiffusion.pipelines.ImageCollector;
import org.sardiffusion.pipelines.ModelTiles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.bundle.SarConfig;
import org.sardiffusion.runtime.diffusion.ControlImage;
import org.sardiffusion.runtime.diffusion.ControlNets;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.Execution;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Init;
import org.sardiffusion.runtime.diffusion.InitImage;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.StageSeconds;
import org.sardiffusion.runtime.tiling.TileLayout;

/**
 * A model that refines radar images in memory: a stage of a simulator, for example.
 *
 * <p>An image is resampled in the frequency domain to the model's spacing, divided by its mean plus
 * three deviations (equation 1 of the paper) and diffused: from itself with noise (strength), with
 * the model's ControlNet following it where the model has one. What is larger than the model's own
 * images is denoised in overlapping tiles of one latent ({@link TileLayout}).
 *
 * <pre>{@code
 * Refinement refinement = new Refinement(model);
 * RadarImage simulated =
 *     new RadarImage(new RadarImage.Amplitude(raster), Spacing.square(0.8), Georeference.none());
 * RefinementSettings settings =
 *     RefinementSettings.of("A <SAR> image of an airport", Sampling.defaults(model.bundle()));
 * RefinedImage refined =
 *     refinement.refine(simulated, settings, DiffusionListener.NONE, cancellation);
 * }</pre>
 */
public final class Refinement {
  private final Bundle bundle;
  private final Model model;
  private final List<String> controlNets;

  /**
   * @param model stays open
   * @throws RefinementException if the model can do neither image to image nor control
   */
  public Refinement(Model model) {
    this.model = model;
    this.bundle = model.bundle();
    this.controlNets = ControlNets.of(bundle);
    if (!bundle.has(BundlePart.VAE_ENCODER)) {
      throw new RefinementException(
          "The model "
              + bundle.name()
              + " has no VAE encoder (vae_encoder/model.onnx), so it can't refine an image. Export it again with"
              + " sar-diffusion export.");
    }
  }

  /** What does the work. */
  public Model model() {
    return model;
  }

  /** The radar band of its images, such as {@code X}, where the model says it. */
  public Optional<String> band() {
    return bundle.sar().flatMap(SarConfig::band);
  }

  /** The spacing of the images that it makes, metres. */
  public double spacing() {
    return PreparedImage.spacing(bundle);
  }

  /**
   * Refines an image.
   *
   * @throws RefinementException if the image is too small or too large, has no data, or its spacing
   *     cannot be
   * @throws org.sardiffusion.core.SarDiffusionException if the model fails
   */
  public RefinedImage refine(
      RadarImage image,
      RefinementSettings settings,
      DiffusionListener listener,
      Cancellation cancellation) {
    return refine(PreparedImage.of(image, bundle), settings, listener, cancellation);
  }

  /**
   * Likewise, of an image that was prepared before the model was loaded.
   *
   * @param image prepared for this model
   * @throws org.sardiffusion.core.SarDiffusionException if the model fails
   */
  public RefinedImage refine(
      PreparedImage image,
      RefinementSettings settings,
      DiffusionListener listener,
      Cancellation cancellation) {
    if (controlNets.isEmpty()) {
      listener.note(
          "The model "
              + bundle.name()
              + " has no ControlNet ("
              + BundlePart.UNET_CONTROLNET.file()
              + "), so the image is refined by image to image alone, which keeps less of its structure the higher the"
              + " strength is.");
    }
    ResampledImage fine = image.fine();
    AmplitudeRaster amplitude = fine.amplitude();
    int multiple = bundle.sizeMultiple();
    AmplitudeScale scale = scale(fine.known());
    MirrorPadding padding = MirrorPadding.toMultiple(amplitude, multiple);
    Size size = new Size(padding.width(), padding.height());
    float[] normalised = padding.pad(scale.normalise(amplitude).samples());
    double strength = strength(settings);
    GenerationRequest request =
        new GenerationRequest(
            settings.prompt(), size, settings.sampling(), new Init.Noise(), Optional.empty());
    if (strength < 1 || controlNets.isEmpty()) {
      request =
          request.with(new Init.Image(new InitImage(size, normalised), strength, Optional.empty()));
    }
    if (!controlNets.isEmpty()) {
      request =
          request.with(
              FollowingControl.of(
                  controlNets, new ControlImage(size, normalised), settings.controlScale()));
    }
    Optional<TileLayout> tiles = tiles(size);
    ImageCollector collector = new ImageCollector(listener);
    StageSeconds seconds =
        model.generate(request, new Execution(1, tiles), collector, cancellation);
    AmplitudeRaster made =
        new AmplitudeRaster(
            amplitude.width(), amplitude.height(), padding.crop(collector.first().amplitude()));
    AmplitudeRaster result =
        switch (settings.radiometry()) {
          case MODEL -> made;
          case PRESERVE -> image.following().apply(scale.restore(made));
          case NORMALISED -> scale.normalise(image.following().apply(scale.restore(made)));
        };
    return new RefinedImage(
        withNodata(result, fine),
        fine.known(),
        scale,
        fine.spacing(),
        fine.place(),
        new RefinedImage.Means(
            !controlNets.isEmpty(),
            strength,
            settings.radiometry(),
            tiles.map(TileLayout::count).orElse(1),
            seconds));
  }

  private double strength(RefinementSettings settings) {
    return settings
        .strength()
        .orElse(
            controlNets.isEmpty()
                ? RefinementSettings.IMAGE_STRENGTH
                : RefinementSettings.CONTROLLED_STRENGTH);
  }

  private static AmplitudeScale scale(AmplitudeRaster amplitude) {
    try {
      return AmplitudeNormalisation.paper().scaleFor(amplitude);
    } catch (ConditioningException e) {
      throw new RefinementException(e.getMessage(), e);
    }
  }

  private static AmplitudeRaster withNodata(AmplitudeRaster raster, ResampledImage fine) {
    return new AmplitudeRaster(raster.width(), raster.height(), fine.withNodata(raster.samples()));
  }

  /** The tiles of an image; none where it is no larger than the model's own. */
  private Optional<TileLayout> tiles(Size size) {
    int factor = bundle.vae().factor();
    TileLayout layout = ModelTiles.of(bundle, size.width() / factor, size.height() / factor);
    return layout.count() == 1 ? Optional.empty() : Optional.of(layout);
  }
}
