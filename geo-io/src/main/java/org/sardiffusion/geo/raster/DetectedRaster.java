package org.sardiffusion.geo.raster;

import org.sardiffusion.core.raster.AmplitudeSource;

/**
 * An image of amplitudes in a file.
 *
 * <p>Intensities and decibels, where the metadata says that the file holds such, arrive as
 * amplitudes: {@code sqrt(max(I, 0))} and {@code 10^(dB/20)}. The nodata value and whatever is not
 * finite arrive as NaN.
 */
public final class DetectedRaster extends Raster implements AmplitudeSource {
  /**
   * @param source decodes the stored numbers, one per pixel
   * @param metadata says what they mean
   */
  public DetectedRaster(RowSource source, RasterMetadata metadata) {
    super(source, metadata, 1);
  }

  @Override
  public DetectedRaster withMetadata(RasterMetadata other) {
    return new DetectedRaster(source(), other);
  }

  @Override
  DetectedRaster of(RowSource rows) {
    return new DetectedRaster(rows, metadata());
  }

  @Override
  void finish(float[] values, int count) {
    Encoding encoding = metadata().encoding();
    // NaN equals nothing, so without a nodata value none is taken for it.
    float nodata = (float) encoding.nodata().orElse(Double.NaN);
    for (int i = 0; i < count; i++) {
      float stored = values[i];
      float amplitude = stored == nodata ? Float.NaN : encoding.amplitude(stored);
      values[i] = Float.isInfinite(amplitude) ? Float.NaN : amplitude;
    }
  }
}
