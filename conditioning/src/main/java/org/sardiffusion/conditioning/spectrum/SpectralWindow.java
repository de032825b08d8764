package org.sardiffusion.conditioning.spectrum;

/**
 * A real, even weight over a band of frequencies.
 *
 * <p>Frequencies are in cycles per sample of the band: 0 is its middle, 0.5 its edge. Radar
 * processors weight spectra against side lobes; a spectrum that is still high at the edge rings
 * when it is padded with zeros.
 */
public sealed interface SpectralWindow {
  /**
   * The weight at a frequency.
   *
   * @param frequency in [0, 0.5]: the absolute distance from the middle of the band
   */
  double weight(double frequency);

  /** Weight 1 everywhere. */
  record Flat() implements SpectralWindow {
    @Override
    public double weight(double frequency) {
      return 1;
    }
  }

  /**
   * Generalised Hamming weighting, {@code alpha + (1 - alpha) cos(2 pi f / bandwidth)} inside the
   * bandwidth and 0 outside (Harris, "On the use of windows for harmonic analysis with the discrete
   * Fourier transform", 1978, equation 30, in the frequency domain).
   *
   * @param alpha in [0.5, 1]: 0.54 is Hamming, 1 flat; TerraSAR-X processing uses 0.6
   * @param bandwidth processed share of the band, in (0, 1]
   */
  record Hamming(double alpha, double bandwidth) implements SpectralWindow {
    /**
     * @throws IllegalArgumentException if a value is outside its range
     */
    public Hamming {
      check("alpha", alpha, 0.5, 1);
      check("bandwidth", bandwidth, Double.MIN_VALUE, 1);
    }

    @Override
    public double weight(double frequency) {
      return frequency > bandwidth / 2
          ? 0
          : alpha + (1 - alpha) * Math.cos(2 * Math.PI * frequency / bandwidth);
    }
  }

  /**
   * Takes a weighting back: 1 / weight, where the weight is above a floor, so that noise in the
   * dark part of the spectrum is not blown up.
   *
   * @param applied the weighting that the spectrum bears
   * @param floor weights under it are left as they are, in (0, 1]
   */
  record Inverse(SpectralWindow applied, double floor) implements SpectralWindow {
    /**
     * @throws IllegalArgumentException if the floor is outside its range
     */
    public Inverse {
      check("floor", floor, Double.MIN_VALUE, 1);
    }

    @Override
    public double weight(double frequency) {
      double weight = applied.weight(frequency);
      return weight < floor ? 1 : 1 / weight;
    }
  }

  /**
   * Flat, then a raised cosine down to 0 at the edge of the band (a Tukey window): ends the ringing
   * that a spectrum with a hard edge brings, for a little resolution.
   *
   * @param width share of the half band that falls, in (0, 1]; 1 is a Hann window
   */
  record EdgeTaper(double width) implements SpectralWindow {
    /**
     * @throws IllegalArgumentException if the width is outside its range
     */
    public EdgeTaper {
      check("width", width, Double.MIN_VALUE, 1);
    }

    @Override
    public double weight(double frequency) {
      double inwards = (0.5 - frequency) / (0.5 * width);
      return inwards >= 1 ? 1 : 0.5 - 0.5 * Math.cos(Math.PI * Math.max(0, inwards));
    }
  }

  private static void check(String what, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "The " + what + " of a spectral window cannot be " + value + "; at most it is " + most);
    }
  }
}
