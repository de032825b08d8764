package org.sardiffusion.pipelines.refinement;

import org.sardiffusion.conditioning.speckle.LocalMean;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * A refined image beside the resampled input, both in [0,1], nodata filled with the image's mean.
 *
 * @param input the resampled input
 * @param output the refined image
 * @param inputMean its local mean over {@value #WINDOW} pixels
 * @param outputMean likewise
 */
record Comparison(
    AmplitudeRaster input,
    AmplitudeRaster output,
    AmplitudeRaster inputMean,
    AmplitudeRaster outputMean) {
  /** 6.8 m at 0.40 m: five pixels of 1.35 m. */
  static final int WINDOW = 17;

  static Comparison of(RefinedImage refined) {
    boolean physical = refined.means().radiometry() == Radiometry.PRESERVE;
    AmplitudeRaster input = filled(refined.scale().normalise(refined.resampled()));
    AmplitudeRaster output =
        filled(physical ? refined.scale().normalise(refined.amplitude()) : refined.amplitude());
    return new Comparison(input, output, localMean(input), localMean(output));
  }

  private static AmplitudeRaster localMean(AmplitudeRaster raster) {
    return LocalMean.of(raster, WINDOW);
  }

  private static AmplitudeRaster filled(AmplitudeRaster raster) {
    float mean = (float) mean(raster);
    float[] samples = raster.samples().clone();
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Float.isNaN(samples[i]) ? mean : samples[i];
    }
    return new AmplitudeRaster(raster.width(), raster.height(), samples);
  }

  private static double mean(AmplitudeRaster raster) {
    double sum = 0;
    int count = 0;
    for (float sample : raster.samples()) {
      if (!Float.isNaN(sample)) {
        sum += sample;
        count++;
      }
    }
    return count == 0 ? 0 : sum / count;
  }

  /** Pearson's correlation of the local means, from -1 to 1; NaN where one is constant. */
  double localMeanCorrelation() {
    double inputCentre = mean(inputMean);
    double outputCentre = mean(outputMean);
    double products = 0;
    double inputSquares = 0;
    double outputSquares = 0;
    for (int i = 0; i < inputMean.samples().length; i++) {
      double a = inputMean.samples()[i] - inputCentre;
      double b = outputMean.samples()[i] - outputCentre;
      products += a * b;
      inputSquares += a * a;
      outputSquares += b * b;
    }
    return products / Math.sqrt(inputSquares * outputSquares);
  }
}
