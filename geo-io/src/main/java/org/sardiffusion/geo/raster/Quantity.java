package org.sardiffusion.geo.raster;

/** What the numbers of a real-valued image are. */
public enum Quantity {
  /** The modulus of the complex signal. */
  AMPLITUDE {
    @Override
    float amplitude(float value) {
      return value;
    }
  },
  /** Its square. */
  INTENSITY {
    @Override
    float amplitude(float value) {
      // Noise that was subtracted leaves intensities below 0.
      return (float) Math.sqrt(Math.max(value, 0));
    }
  },
  /** Ten times the decimal logarithm of the intensity. */
  DECIBEL {
    @Override
    float amplitude(float value) {
      return (float) Math.pow(10, value / 20);
    }
  };

  /** The amplitude of a value; NaN stays NaN. */
  abstract float amplitude(float value);
}
