package org.sardiffusion.evaluation.texture;

/** How amplitudes become grey levels. */
public enum Quantiser {
  /** Levels of equal width, from the image's 256 grey levels. */
  EQUAL_WIDTH,
  /**
   * Levels that hold equally many pixels of the image, as SNAP's "Probabilistic Quantizer": texture
   * then says nothing about brightness.
   */
  EQUAL_PROBABILITY
}
