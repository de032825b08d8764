package org.sardiffusion.geo.raster;

/**
 * An image of complex samples: real (I) and imaginary (Q) part of every pixel in turn.
 *
 * <p>A pixel of which one part is not finite, or whose real part is the nodata value while its
 * imaginary part is that too or 0, arrives as two NaN.
 */
public final class ComplexRaster extends Raster {
  /**
   * @param source decodes the stored numbers, two per pixel
   * @param metadata says what they mean
   * @throws IllegalArgumentException if the metadata describes intensities or decibels, which no
   *     complex number is
   */
  public ComplexRaster(RowSource source, RasterMetadata metadata) {
    super(source, metadata, 2);
    if (metadata.encoding().quantity() != Quantity.AMPLITUDE) {
      throw new IllegalArgumentException(
          "A complex image holds amplitudes, not intensities or decibels");
    }
  }

  @Override
  public ComplexRaster withMetadata(RasterMetadata other) {
    return new ComplexRaster(source(), other);
  }

  @Override
  ComplexRaster of(RowSource rows) {
    return new ComplexRaster(rows, metadata());
  }

  @Override
  void finish(float[] values, int count) {
    Encoding encoding = metadata().encoding();
    float nodata = (float) encoding.nodata().orElse(Double.NaN);
    for (int i = 0; i < count; i += 2) {
      float real = values[i];
      float imaginary = values[i + 1];
      boolean valid =
          Float.isFinite(real)
              && Float.isFinite(imaginary)
              && !(real == nodata && (imaginary == nodata || imaginary == 0));
      values[i] = valid ? encoding.scaled(real) : Float.NaN;
      values[i + 1] = valid ? encoding.scaled(imaginary) : Float.NaN;
    }
  }
}
