package org.sardiffusion.conditioning.spectrum;

import java.util.concurrent.atomic.AtomicLong;
import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.conditioning.ComplexSink;
import org.sardiffusion.conditioning.ComplexSource;
import org.sardiffusion.conditioning.InvalidSampleException;
import org.sardiffusion.conditioning.ScratchFileException;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.AmplitudeSink;
import org.sardiffusion.core.raster.AmplitudeSource;

/**
 * Resamples images in the frequency domain, along rows and then along columns.
 *
 * <p>A spectrum of N bins becomes one of M bins: zeros are added or the outer bins dropped, around
 * the spectral centroid. Values are scaled by M/N, so that a constant stays itself; the centre of
 * pixel 0 stays in place. The reference is {@code scipy.signal.resample} along both axes, which the
 * result equals (with periodic borders and a centroid of zero) to rounding.
 *
 * <p>Images larger than memory go through a source and a sink; their intermediate result lies on
 * disk. {@link org.sardiffusion.core.run.CancelledException} is thrown if the calling thread is
 * interrupted.
 *
 * @param settings borders, windows and resources
 */
public record SpectralResampler(ResamplingSettings settings) {
  /** A resampler with {@linkplain ResamplingSettings#standard() standard settings}. */
  public static SpectralResampler standard() {
    return new SpectralResampler(ResamplingSettings.standard());
  }

  /**
   * What the sampling of an image of some size will be.
   *
   * @throws IllegalArgumentException if the target is impossible
   */
  public RasterPlan plan(int width, int height, Target target) {
    Border border = settings.border();
    if (target instanceof Target.Ratios ratios) {
      return new RasterPlan(
          AxisPlan.byRatio(width, ratios.x(), border),
          AxisPlan.byRatio(height, ratios.y(), border));
    }
    Target.Size size = (Target.Size) target;
    return new RasterPlan(
        AxisPlan.toLength(width, size.width(), border),
        AxisPlan.toLength(height, size.height(), border));
  }

  /**
   * Resamples a complex image in memory.
   *
   * @param centroid where its spectrum is centred: estimated, or the product's Doppler centroid
   * @throws InvalidSampleException if a sample is not finite
   */
  public ResampledComplex resample(ComplexImage image, SpectralCentroid centroid, Target target) {
    RasterPlan plan = plan(image.width(), image.height(), target);
    float[] samples = new float[arrayLength(2L * plan.width() * plan.height())];
    new SeparableResampling(plan, 2, centroid, settings)
        .run(
            new SeparableResampling.InMemory(image.samples(), 2 * image.width()),
            new SeparableResampling.InMemory(samples, 2 * plan.width()));
    return new ResampledComplex(new ComplexImage(plan.width(), plan.height(), samples), plan);
  }

  /**
   * Resamples a complex image of any size.
   *
   * @param centroid where its spectrum is centred: estimated, or the product's Doppler centroid
   * @return the plan that was carried out
   * @throws InvalidSampleException if a sample is not finite
   * @throws ScratchFileException if the intermediate result could not be kept on disk
   */
  public RasterPlan resample(
      ComplexSource image, SpectralCentroid centroid, Target target, ComplexSink sink) {
    RasterPlan plan = plan(image.width(), image.height(), target);
    new SeparableResampling(plan, 2, centroid, settings).run(image::readRows, sink::writeRows);
    return plan;
  }

  /**
   * Resamples an amplitude raster in memory; see {@link AmplitudeResampling} for what that costs.
   *
   * @throws InvalidSampleException if a sample is not finite (NaN pixels too)
   */
  public ResampledAmplitude resample(AmplitudeRaster raster, Target target) {
    RasterPlan plan = plan(raster.width(), raster.height(), target);
    float[] samples = new float[arrayLength((long) plan.width() * plan.height())];
    AmplitudeResampling resampling = resample(raster, target, copyTo(samples, plan.width())::write);
    return new ResampledAmplitude(
        new AmplitudeRaster(plan.width(), plan.height(), samples), resampling);
  }

  /**
   * Resamples an amplitude image of any size; see {@link AmplitudeResampling} for what that costs.
   *
   * <p>The spectrum of a real image is Hermitian and stays so: it is cut around zero frequency.
   *
   * @throws InvalidSampleException if a sample is not finite (NaN pixels too)
   * @throws ScratchFileException if the intermediate result could not be kept on disk
   */
  public AmplitudeResampling resample(AmplitudeSource image, Target target, AmplitudeSink sink) {
    RasterPlan plan = plan(image.width(), image.height(), target);
    AtomicLong clamped = new AtomicLong();
    new SeparableResampling(plan, 1, SpectralCentroid.ZERO, settings)
        .run(
            image::readRows,
            (firstRow, rows, samples) -> {
              clamped.addAndGet(clamp(samples, rows * plan.width()));
              sink.writeRows(firstRow, rows, samples);
            });
    return new AmplitudeResampling(plan, clamped.get());
  }

  private static int clamp(float[] samples, int count) {
    int negative = 0;
    for (int i = 0; i < count; i++) {
      if (samples[i] < 0) {
        samples[i] = 0;
        negative++;
      }
    }
    return negative;
  }

  private static SeparableResampling.RowWriter copyTo(float[] image, int rowFloats) {
    return (firstRow, rows, samples) ->
        System.arraycopy(samples, 0, image, firstRow * rowFloats, rows * rowFloats);
  }

  private static int arrayLength(long floats) {
    if (floats > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "The resampled image has "
              + floats
              + " samples, more than one array holds: give it a sink instead");
    }
    return (int) floats;
  }
}
