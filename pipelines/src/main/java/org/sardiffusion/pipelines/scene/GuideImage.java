package org.sardiffusion.pipelines.scene;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sardiffusion.conditioning.ConditioningException;
import org.sardiffusion.conditioning.amplitude.AmplitudeNormalisation;
import org.sardiffusion.conditioning.spectrum.RasterPlan;
import org.sardiffusion.conditioning.spectrum.Ratio;
import org.sardiffusion.conditioning.spectrum.ResamplingSettings;
import org.sardiffusion.conditioning.spectrum.Resources;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;
import org.sardiffusion.core.io.AtomicMove;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.diffusion.SceneImage;
import org.sardiffusion.runtime.scene.SceneException;

/**
 * A coarser scene as the next one sees it: resampled by 2 in the frequency domain and divided by
 * its mean plus three deviations, as images to refine are (equation 1 of the paper), on disk.
 *
 * <p>The centres of the first pixels of both scenes coincide, so the finer one is shifted by half
 * of its pixels against the grid of the coarser.
 */
final class GuideImage implements SceneImage, AutoCloseable {
  private static final String NAME = "guide";
  private static final String COARSE = "guide.coarse";
  private static final String FRESH = "guide.new";

  /** Columns by which blocks of the resampler may be filled up. */
  private static final int RESAMPLER_SLACK = 128;

  private static final Target TWICE = new Target.Ratios(new Ratio(2, 1), new Ratio(2, 1));

  private final AmplitudeFile file;
  private final double divisor;

  private GuideImage(AmplitudeFile file, double divisor) {
    this.file = file;
    this.divisor = divisor;
  }

  /** Whether a folder has one. */
  static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(NAME));
  }

  /** What it needs on disk at most while it is made, given the size of the coarser scene. */
  static long bytes(Size coarse) {
    RasterPlan plan = plan(coarse);
    // Of the resampler's intermediate images, as wide as the smaller image with its padding; both
    // exist together.
    long scratch =
        AmplitudeFile.bytes(
            plan.x().paddedInput() + RESAMPLER_SLACK,
            (long) plan.y().inputLength() + plan.y().outputLength());
    return AmplitudeFile.bytes(coarse.width(), coarse.height())
        + AmplitudeFile.bytes(plan.width(), plan.height())
        + scratch;
  }

  /** Writes the rows of the coarser scene. */
  @FunctionalInterface
  interface Decoding {
    void into(AmplitudeFile file) throws IOException;
  }

  /**
   * Makes one in a folder; it is there once it is complete.
   *
   * @param coarse size of the coarser scene
   */
  static void make(Path folder, Size coarse, Decoding decoding) throws IOException {
    Path fresh = folder.resolve(FRESH);
    try (AmplitudeFile decoded =
        new AmplitudeFile(folder.resolve(COARSE), coarse.width(), coarse.height())) {
      decoding.into(decoded);
      RasterPlan plan = plan(coarse);
      try (AmplitudeFile resampled = new AmplitudeFile(fresh, plan.width(), plan.height())) {
        resampler(folder).resample(decoded, TWICE, resampled);
        resampled.force();
      }
    }
    AtomicMove.move(fresh, folder.resolve(NAME));
    Files.delete(folder.resolve(COARSE));
  }

  /** The standard one, but with its scratch files where the room for them was looked for. */
  private static SpectralResampler resampler(Path folder) {
    Resources standard = Resources.standard();
    return new SpectralResampler(
        ResamplingSettings.standard()
            .with(new Resources(standard.threads(), standard.heapBytes(), folder)));
  }

  private static RasterPlan plan(Size coarse) {
    return SpectralResampler.standard().plan(coarse.width(), coarse.height(), TWICE);
  }

  /**
   * Opens what was made.
   *
   * @throws SceneException if the coarser scene is zero everywhere
   */
  static GuideImage open(Path folder, Size coarse) throws IOException {
    RasterPlan plan = plan(coarse);
    AmplitudeFile file = new AmplitudeFile(folder.resolve(NAME), plan.width(), plan.height());
    try {
      return new GuideImage(file, AmplitudeNormalisation.paper().scaleFor(file).divisor());
    } catch (ConditioningException e) {
      file.close();
      throw new SceneException("The coarser scene can't be followed: " + e.getMessage(), e);
    }
  }

  @Override
  public float[] read(Window window) throws IOException {
    float[] values = file.read(window);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.min(1, values[i] / divisor);
    }
    return values;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
