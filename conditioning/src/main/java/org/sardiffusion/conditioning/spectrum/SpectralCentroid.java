package org.sardiffusion.conditioning.spectrum;

import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.conditioning.ComplexSource;
import org.sardiffusion.conditioning.EmptyImageException;
import org.sardiffusion.conditioning.InvalidSampleException;

/**
 * Where the spectrum of a complex image is centred.
 *
 * @param x along a row, cycles per sample, in [-0.5, 0.5]
 * @param y along a column, cycles per sample, in [-0.5, 0.5]
 */
public record SpectralCentroid(double x, double y) {
  /** A spectrum in its place. */
  public static final SpectralCentroid ZERO = new SpectralCentroid(0, 0);

  private static final int STRIP_ROWS = 64;

  /**
   * @throws IllegalArgumentException if a frequency is outside [-0.5, 0.5]
   */
  public SpectralCentroid {
    if (!(Math.abs(x) <= 0.5 && Math.abs(y) <= 0.5)) {
      throw new IllegalArgumentException(
          "A spectral centroid lies within half a cycle per sample of zero, not at ("
              + x
              + ", "
              + y
              + ")");
    }
  }

  /**
   * Estimates the centroid as the circular mean of the power spectrum.
   *
   * <p>That mean is the phase of the autocorrelation at lag one (Wiener-Khinchin), {@code arg(sum
   * z[n+1] conj(z[n])) / 2 pi}, which needs one pass and no transform: the "correlation Doppler
   * estimator" of Madsen, "Estimating the Doppler centroid of SAR data", IEEE TAES 25(2), 1989. The
   * error is about {@code 1 / (2 pi sqrt(pixels))} times a small factor.
   *
   * @throws EmptyImageException if the image is zero everywhere
   * @throws InvalidSampleException if a sample is not finite
   */
  public static SpectralCentroid estimate(ComplexSource image) {
    int width = image.width();
    int rowFloats = 2 * width;
    float[] strip = new float[STRIP_ROWS * rowFloats];
    float[] above = new float[rowFloats];
    LagOne alongRows = new LagOne();
    LagOne alongColumns = new LagOne();
    double power = 0;
    for (int first = 0; first < image.height(); first += STRIP_ROWS) {
      int rows = Math.min(STRIP_ROWS, image.height() - first);
      image.readRows(first, rows, strip);
      for (int r = 0; r < rows; r++) {
        int row = r * rowFloats;
        power += power(strip, row, rowFloats);
        alongRows.add(strip, row + 2, strip, row, rowFloats - 2);
        if (r > 0) {
          alongColumns.add(strip, row, strip, row - rowFloats, rowFloats);
        } else if (first > 0) {
          alongColumns.add(strip, row, above, 0, rowFloats);
        }
      }
      System.arraycopy(strip, (rows - 1) * rowFloats, above, 0, rowFloats);
    }
    if (!Double.isFinite(power)) {
      throw new InvalidSampleException(
          "Cannot estimate the spectral centroid: a sample is not a finite number. Replace"
              + " pixels without data by zeros first.");
    }
    if (power == 0) {
      throw new EmptyImageException(
          "Cannot estimate the spectral centroid: the image is zero everywhere.");
    }
    return new SpectralCentroid(alongRows.frequency(), alongColumns.frequency());
  }

  /** The image with its spectrum centred on both axes. */
  public ComplexImage refocus(ComplexImage image) {
    float[] samples = new float[image.samples().length];
    refocus((ComplexSource) image).readRows(0, image.height(), samples);
    return new ComplexImage(image.width(), image.height(), samples);
  }

  /**
   * The image with its spectrum centred on both axes, computed while it is read.
   *
   * <p>Every sample is multiplied by {@code exp(-2 pi i (x column + y row))}: amplitudes stay as
   * they are, and the phase of pixel (0, 0) too. This is the refocusing of section 3 of the paper.
   */
  public ComplexSource refocus(ComplexSource image) {
    return new Refocused(image, PhaseRamp.of(-x, image.width()), PhaseRamp.of(-y, image.height()));
  }

  private static double power(float[] a, int at, int floats) {
    double sum = 0;
    for (int i = at; i < at + floats; i++) {
      sum += (double) a[i] * a[i];
    }
    return sum;
  }

  /** The sum of a[n] conj(b[n]). */
  private static final class LagOne {
    private double re;
    private double im;

    void add(float[] a, int atA, float[] b, int atB, int floats) {
      double sumRe = 0;
      double sumIm = 0;
      for (int i = 0; i < floats; i += 2) {
        double ar = a[atA + i];
        double ai = a[atA + i + 1];
        double br = b[atB + i];
        double bi = b[atB + i + 1];
        sumRe += ar * br + ai * bi;
        sumIm += ai * br - ar * bi;
      }
      re += sumRe;
      im += sumIm;
    }

    double frequency() {
      return Math.atan2(im, re) / (2 * Math.PI);
    }
  }

  private record Refocused(ComplexSource image, PhaseRamp rows, PhaseRamp columns)
      implements ComplexSource {
    @Override
    public int width() {
      return image.width();
    }

    @Override
    public int height() {
      return image.height();
    }

    @Override
    public void readRows(int firstRow, int count, float[] into) {
      image.readRows(firstRow, count, into);
      for (int r = 0; r < count; r++) {
        rows.multiplyTurned(
            into, 2 * r * width(), columns.re(firstRow + r), columns.im(firstRow + r));
      }
    }
  }
}
