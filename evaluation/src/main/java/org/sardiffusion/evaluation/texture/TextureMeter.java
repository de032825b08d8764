package org.sardiffusion.evaluation.texture;

import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.conditioning.speckle.EquivalentNumberOfLooks;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.Sample;

/** Measures the homogeneous patches of images; belongs to one thread. */
public final class TextureMeter {
  private final TextureSettings settings;
  private final HomogeneousPatches patches;
  private final PatchTexture texture;

  public TextureMeter(TextureSettings settings) {
    this.settings = settings;
    this.patches = new HomogeneousPatches(settings.patches());
    this.texture = new PatchTexture(settings.glcm());
  }

  /**
   * Measures every patch of an image.
   *
   * @param measured the image's amplitude, excluded areas NaN
   */
  public List<PatchMeasures> of(Sample sample, AmplitudeRaster measured) {
    List<Patch> found =
        sample.segment().isPresent()
            ? patches.in(measured, sample.segment().get())
            : patches.in(measured);
    List<PatchMeasures> measures = new ArrayList<>();
    if (found.isEmpty()) {
      return measures;
    }
    GreyImage grey = GreyImage.of(measured, settings.glcm());
    for (Patch patch : found) {
      AmplitudeRaster part = cut(measured, patch);
      double ratio = meanOverDeviation(part.samples());
      // A patch of one value has no texture.
      if (Double.isFinite(ratio)) {
        measures.add(
            new PatchMeasures(texture.of(grey, patch), EquivalentNumberOfLooks.of(part), ratio));
      }
    }
    return measures;
  }

  private static AmplitudeRaster cut(AmplitudeRaster image, Patch patch) {
    int side = patch.side();
    float[] samples = new float[side * side];
    for (int y = 0; y < side; y++) {
      System.arraycopy(
          image.samples(), (patch.y() + y) * image.width() + patch.x(), samples, y * side, side);
    }
    return new AmplitudeRaster(side, side, samples);
  }

  private static double meanOverDeviation(float[] samples) {
    double sum = 0;
    for (float a : samples) {
      sum += a;
    }
    double mean = sum / samples.length;
    double squares = 0;
    for (float a : samples) {
      squares += (a - mean) * (a - mean);
    }
    return mean / Math.sqrt(squares / samples.length);
  }
}
