package org.sardiffusion.pipelines.refinement;

import java.util.Arrays;
import java.util.Locale;
import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.conditioning.ConditioningException;
import org.sardiffusion.conditioning.spectrum.RasterPlan;
import org.sardiffusion.conditioning.spectrum.SpectralCentroid;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.Spacing;

/**
 * A radar image, resampled in the frequency domain to the spacing of the model's pixels.
 *
 * @param amplitude of the pixels, in the input's unit, finite everywhere
 * @param nodata pixels that lie where the input has no data
 * @param spacing that was reached, metres
 * @param place where the pixels lie
 */
record ResampledImage(
    AmplitudeRaster amplitude, boolean[] nodata, Spacing spacing, Georeference place) {
  /** Beyond this factor a spacing is a mistake: kilometres or centimetres for metres. */
  private static final double LARGEST_FACTOR = 64;

  private static final long MOST_PIXELS = 1L << 28;

  /**
   * Of the heap for each pixel made, at the most, which is while local means are followed: floats
   * of the resampled amplitude with and without nodata, what the model started from, what it made
   * in [0,1], cut out and in the input's unit, six of {@link LocalMeanCorrection}, the input itself
   * (complex, of the same spacing), and the nodata mask.
   */
  private static final long BYTES_PER_PIXEL = 60;

  /**
   * Resamples an image.
   *
   * @param spacing wanted, metres
   * @throws RefinementException if the image has no data, is zero everywhere, or its spacing cannot
   *     be
   */
  static ResampledImage of(RadarImage image, double spacing) {
    Spacing from = image.spacing();
    for (double each : new double[] {from.columns(), from.rows()}) {
      double factor = each / spacing;
      if (!(factor <= LARGEST_FACTOR && factor >= 1 / LARGEST_FACTOR)) {
        throw new RefinementException(
            "From a spacing of "
                + each
                + " m to "
                + spacing
                + " m is too far: is the spacing in metres? Give the right one.",
            Remedy.choose("spacing"));
      }
    }
    try {
      return image.pixels() instanceof RadarImage.Complex complex
          ? ofComplex(complex.image(), image, spacing)
          : ofAmplitude(((RadarImage.Amplitude) image.pixels()).raster(), image, spacing);
    } catch (ConditioningException e) {
      throw new RefinementException(e.getMessage(), e);
    }
  }

  private static ResampledImage ofComplex(ComplexImage image, RadarImage of, double spacing) {
    boolean[] nodata = new boolean[image.width() * image.height()];
    float[] samples = image.samples().clone();
    double power = 0;
    for (int i = 0; i < nodata.length; i++) {
      nodata[i] = !Float.isFinite(samples[2 * i]) || !Float.isFinite(samples[2 * i + 1]);
      if (nodata[i]) {
        samples[2 * i] = 0;
        samples[2 * i + 1] = 0;
      }
      power += Math.abs(samples[2 * i]) + Math.abs(samples[2 * i + 1]);
    }
    requireData(nodata, power);
    ComplexImage filled = new ComplexImage(image.width(), image.height(), samples);
    Target target = target(of, spacing);
    SpectralResampler resampler = SpectralResampler.standard();
    RasterPlan plan = plan(resampler, of, target);
    AmplitudeRaster fine =
        resampler.resample(filled, SpectralCentroid.estimate(filled), target).image().detect();
    return of(fine, nodata, of, plan);
  }

  private static ResampledImage ofAmplitude(AmplitudeRaster raster, RadarImage of, double spacing) {
    boolean[] nodata = new boolean[raster.samples().length];
    float[] samples = raster.samples().clone();
    double sum = 0;
    int valid = 0;
    for (int i = 0; i < nodata.length; i++) {
      nodata[i] = !Float.isFinite(samples[i]);
      if (!nodata[i]) {
        sum += Math.abs(samples[i]);
        valid++;
      }
    }
    requireData(nodata, sum);
    for (int i = 0; i < nodata.length; i++) {
      // Nodata as dark as zero would ring far into the image.
      samples[i] = nodata[i] ? (float) (sum / valid) : samples[i];
    }
    Target target = target(of, spacing);
    SpectralResampler resampler = SpectralResampler.standard();
    RasterPlan plan = plan(resampler, of, target);
    AmplitudeRaster filled = new AmplitudeRaster(raster.width(), raster.height(), samples);
    return of(resampler.resample(filled, target).raster(), nodata, of, plan);
  }

  private static Target target(RadarImage image, double spacing) {
    return Target.spacing(image.spacing().columns(), image.spacing().rows(), spacing);
  }

  private static RasterPlan plan(SpectralResampler resampler, RadarImage image, Target target) {
    RasterPlan plan = resampler.plan(image.pixels().width(), image.pixels().height(), target);
    if ((long) plan.width() * plan.height() > MOST_PIXELS) {
      throw new RefinementException(
          "The refined image would have "
              + plan.width()
              + "x"
              + plan.height()
              + " pixels, more than are made at once: take windows of the input, one after the"
              + " other.",
          Remedy.choose("window"));
    }
    requireMemory(plan, Runtime.getRuntime().maxMemory());
    return plan;
  }

  /** The image is held as a whole: said now, and not when the heap is full. */
  static void requireMemory(RasterPlan plan, long heap) {
    long needed = BYTES_PER_PIXEL * plan.width() * plan.height();
    if (needed > heap) {
      throw new RefinementException(
          String.format(
              Locale.ROOT,
              "The refined image would have %dx%d pixels, which take %.1f GB of memory, and Java"
                  + " may use %.1f GB: take windows of the input, or give Java more with"
                  + " SAR_DIFFUSION_JAVA_ARGS=-Xmx%dg.",
              plan.width(),
              plan.height(),
              needed / 1e9,
              heap / 1e9,
              needed / 1_000_000_000 + 2),
          Remedy.choose("window"));
    }
  }

  private static void requireData(boolean[] nodata, double sum) {
    boolean data = false;
    for (boolean absent : nodata) {
      data |= !absent;
    }
    if (!data || sum == 0) {
      throw new RefinementException(
          data
              ? "The image is zero everywhere, so there is nothing to refine. Take another window of"
                  + " it."
              : "The image has no data: every pixel is NaN or nodata. Take another window of it.",
          Remedy.choose("window"));
    }
  }

  private static ResampledImage of(
      AmplitudeRaster fine, boolean[] coarseNodata, RadarImage image, RasterPlan plan) {
    boolean[] nodata = new boolean[fine.samples().length];
    int width = image.pixels().width();
    for (int y = 0; y < fine.height(); y++) {
      int row = nearest(y / plan.y().scale(), image.pixels().height());
      for (int x = 0; x < fine.width(); x++) {
        nodata[y * fine.width() + x] =
            coarseNodata[row * width + nearest(x / plan.x().scale(), width)];
      }
    }
    return new ResampledImage(
        fine,
        nodata,
        new Spacing(
            plan.x().reachedSpacing(image.spacing().columns()),
            plan.y().reachedSpacing(image.spacing().rows())),
        PixelShift.resampled(image.place(), plan.x().scale(), plan.y().scale()));
  }

  private static int nearest(double at, int length) {
    return (int) Math.max(0, Math.min(length - 1, Math.rint(at)));
  }

  /** The amplitude, NaN in nodata: what was put there to resample is no measurement. */
  AmplitudeRaster known() {
    return new AmplitudeRaster(
        amplitude.width(), amplitude.height(), withNodata(amplitude.samples()));
  }

  /** Amplitudes of these pixels, those in nodata taken out. */
  float[] withNodata(float[] values) {
    float[] result = Arrays.copyOf(values, values.length);
    for (int i = 0; i < result.length; i++) {
      if (nodata[i]) {
        result[i] = Float.NaN;
      }
    }
    return result;
  }
}
