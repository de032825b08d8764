package org.sardiffusion.conditioning.speckle;

import org.apache.commons.math3.random.MersenneTwister;
import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.conditioning.EmptyImageException;
import org.sardiffusion.conditioning.spectrum.ResampledComplex;
import org.sardiffusion.conditioning.spectrum.SpectralCentroid;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * Makes of a fine image the coarser one that another sensor would have taken, with speckle of that
 * sensor's resolution: 40 cm to TerraSAR-X's 1.35 m, or to a simulator's 0.80 m.
 *
 * <p>A sensor of lower resolution sees a smaller piece of the spectrum. That piece is cut out of
 * the complex image, so that the speckle of the result is coherent with the scene and single-look.
 * The mean intensity is kept.
 *
 * @param resampler borders and windows: a {@code Hamming} window stands for the coarse sensor's
 *     processing
 * @param target the coarse sampling
 */
public record Degradation(SpectralResampler resampler, Target target) {
  /**
   * The coarse complex image.
   *
   * @throws EmptyImageException if the image is zero everywhere
   */
  public ComplexImage apply(ComplexImage image) {
    return cut(image, SpectralCentroid.estimate(image));
  }

  /**
   * The coarse complex image of a scene of which only an amplitude image is known.
   *
   * <p>The image's intensity I, freed of speckle by a mean over a box as large as the coarse pixel,
   * is the reflectivity of a scene of independent scatterers: {@code z = sqrt(I) n}, n white
   * circular Gaussian noise of unit power (Goodman's fully developed speckle). That complex scene
   * is cut in frequency as above. Equal seeds give equal images.
   *
   * @param seed of the noise
   * @throws EmptyImageException if the image is zero everywhere
   */
  public ComplexImage resee(AmplitudeRaster amplitude, long seed) {
    int width = amplitude.width();
    int height = amplitude.height();
    double[] intensity = new double[width * height];
    for (int i = 0; i < intensity.length; i++) {
      double a = amplitude.samples()[i];
      intensity[i] = a * a;
    }
    FiniteMean.of(amplitude.samples());
    var plan = resampler.plan(width, height, target);
    double[] reflectivity =
        BoxMean.of(intensity, width, boxSide(1 / plan.x().scale()), boxSide(1 / plan.y().scale()));
    MersenneTwister noise = new MersenneTwister(seed);
    float[] scene = new float[2 * intensity.length];
    for (int i = 0; i < intensity.length; i++) {
      // A running sum may leave a trace of rounding below zero where the image is black.
      double s = Math.sqrt(Math.max(0, reflectivity[i]) / 2);
      scene[2 * i] = (float) (s * noise.nextGaussian());
      scene[2 * i + 1] = (float) (s * noise.nextGaussian());
    }
    return cut(new ComplexImage(width, height, scene), SpectralCentroid.ZERO);
  }

  /**
   * The amplitude of {@link #resee}.
   *
   * @param seed of the noise
   * @throws EmptyImageException if the image is zero everywhere
   */
  public AmplitudeRaster apply(AmplitudeRaster amplitude, long seed) {
    return resee(amplitude, seed).detect();
  }

  private static int boxSide(double ratio) {
    return Math.max(1, 2 * (int) Math.round((ratio - 1) / 2) + 1);
  }

  private ComplexImage cut(ComplexImage image, SpectralCentroid centroid) {
    ResampledComplex coarse = resampler.resample(image, centroid, target);
    double before = meanIntensity(image);
    double after = meanIntensity(coarse.image());
    if (before == 0 || after == 0) {
      throw new EmptyImageException(
          "Cannot degrade the image: it is zero everywhere. Choose another area.");
    }
    float gain = (float) Math.sqrt(before / after);
    float[] samples = coarse.image().samples().clone();
    for (int i = 0; i < samples.length; i++) {
      samples[i] *= gain;
    }
    return new ComplexImage(coarse.image().width(), coarse.image().height(), samples);
  }

  private static double meanIntensity(ComplexImage image) {
    double sum = 0;
    for (float sample : image.samples()) {
      sum += (double) sample * sample;
    }
    return sum / ((double) image.width() * image.height());
  }
}
