package org.sardiffusion.evaluation;

import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.amplitude.AmplitudeCounts;
import org.sardiffusion.evaluation.internal.crops.CropFeatures;
import org.sardiffusion.evaluation.internal.crops.LatticeSpectrum;
import org.sardiffusion.evaluation.internal.crops.PointResponse;
import org.sardiffusion.evaluation.texture.TextureMeter;

/** Measures everything that one image tells; belongs to one thread. */
final class ImageMeter {
  private final EvaluationSettings settings;
  private final TextureMeter texture;
  private final CropFeatures crops = new CropFeatures();

  ImageMeter(EvaluationSettings settings) {
    this.settings = settings;
    this.texture = new TextureMeter(settings.texture());
  }

  MeasuredImage of(Sample sample) {
    AmplitudeRaster amplitude = sample.measured();
    AmplitudeCounts counts = new AmplitudeCounts(settings.amplitude());
    counts.add(amplitude);
    return new MeasuredImage(
        sample,
        counts,
        texture.of(sample, amplitude),
        crops.of(amplitude),
        LatticeSpectrum.of(amplitude),
        PointResponse.in(amplitude));
  }
}
