package org.sardiffusion.training.dataset;

import java.util.Optional;

/**
 * What a patch must keep to enter the training set.
 *
 * @param maxNodata largest share of pixels without data, in [0,1]
 * @param maxCommonLevel largest share of pixels of one grey level, in [0,1]: over it, the patch is
 *     blank
 * @param maxSaturated largest share of pixels clipped at 1, in [0,1]
 * @param minSharpness least {@link PatchMeasures#sharpness}, at least 0: under it, the patch is
 *     blurred
 * @param duplicateDistance how many of the 64 bits of two {@linkplain PerceptualHash perceptual
 *     hashes} may differ in near-duplicates, -1 to keep these
 */
public record QualityLimits(
    double maxNodata,
    double maxCommonLevel,
    double maxSaturated,
    double minSharpness,
    int duplicateDistance) {

  /**
   * @throws DatasetException if a limit is outside its range
   */
  public QualityLimits {
    requireShare("share of pixels without data", maxNodata);
    requireShare("share of one grey level", maxCommonLevel);
    requireShare("share of saturated pixels", maxSaturated);
    if (!(minSharpness >= 0)) {
      throw new DatasetException("The least sharpness is at least 0, not " + minSharpness + ".");
    }
    if (duplicateDistance < -1 || duplicateDistance > 64) {
      throw new DatasetException(
          "Perceptual hashes have 64 bits: near-duplicates differ in 0 to 64 of them (-1: are kept), not "
              + duplicateDistance
              + ".");
    }
  }

  /**
   * Limits chosen on 810 airborne X-band images at 0.4 m and a TerraSAR-X scene; the ranges found
   * there stand in the manual of {@code sar-diffusion dataset}.
   */
  public static QualityLimits standard() {
    return new QualityLimits(0.001, 0.5, 0.1, 0.03, 8);
  }

  /** Why a patch is not good enough; the first reason in the order of {@link DropReason}. */
  public Optional<DropReason> judge(PatchMeasures patch) {
    if (patch.nodataShare() > maxNodata) {
      return Optional.of(DropReason.NODATA);
    }
    // A patch that is white all over is saturated rather than blank.
    if (patch.saturatedShare() > maxSaturated) {
      return Optional.of(DropReason.SATURATED);
    }
    if (patch.commonLevelShare() > maxCommonLevel) {
      return Optional.of(DropReason.BLANK);
    }
    if (patch.sharpness() < minSharpness) {
      return Optional.of(DropReason.BLURRED);
    }
    return Optional.empty();
  }

  private static void requireShare(String what, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new DatasetException("The largest " + what + " lies in [0,1], not at " + value + ".");
    }
  }
}
