package org.sardiffusion.evaluation.texture;

/**
 * Which patches of an image texture is measured on.
 *
 * @param side of a patch, pixels; a multiple of 4, at least 8
 * @param tolerance largest coefficient of variation (standard deviation over mean) of the mean
 *     amplitudes of a patch's 4 x 4 blocks, above 0
 * @param kept most patches kept for each label of a set, at least 1; of more, a fair sample is kept
 */
public record PatchSettings(int side, double tolerance, int kept) {
  /**
   * @throws IllegalArgumentException if a value is outside its range
   */
  public PatchSettings {
    if (side < 8 || side % 4 != 0) {
      throw new IllegalArgumentException(
          "The side of a patch is a multiple of 4 and at least 8 pixels, not " + side);
    }
    if (!(tolerance > 0) || kept < 1) {
      throw new IllegalArgumentException(
          "The tolerance is above 0, and at least one patch is kept; not "
              + tolerance
              + " and "
              + kept);
    }
  }

  /**
   * The paper's 64 x 64 pixels; blocks within 1 dB of each other (a standard deviation of 12 % in
   * amplitude; one-look speckle of two-pixel correlation alone makes 6 %); 8192 patches.
   */
  public static PatchSettings defaults() {
    return new PatchSettings(64, 0.12, 8192);
  }
}
