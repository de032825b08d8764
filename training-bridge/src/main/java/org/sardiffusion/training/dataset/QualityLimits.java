package org.sardiffusion.training.dataset;

import java.util.Optional;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.training.internal.dataset.PerceptualHash;

/**
 * What a patch must keep to enter the training set.
 *
 * @param maxNodata largest share of pixels without data, in [0,1]
 * @param maxCommonLevel largest share of pixels of one grey level, in [0,1]: over it, the patch is
 *     blank
 * @param maxSaturated largest share of pixels clipped at 1, in [0,1]
 * @param minSharpness least {@link PatchMeasures#sharpness}, at least 0: under it, the patch is
 *     blurred
 * @param duplicateDistance how many of the 256 bits of two {@linkplain PerceptualHash perceptual
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
      throw new DatasetException(
          Kind.USAGE, "The least sharpness must be at least 0, not " + minSharpness + ".");
    }
    if (duplicateDistance < -1 || duplicateDistance > PerceptualHash.BITS) {
      throw new DatasetException(
          Kind.USAGE,
          "The distance of near-duplicates must be from 0 to 256 bits, or -1 to keep them, not "
              + duplicateDistance
              + ".");
    }
  }

  /**
   * Limits chosen on patches of 240 x 240 from 810 airborne X-band images at 0.4 m (MSTAR clutter,
   * from 8-bit JPEG), none of which is bad.
   *
   * <p>Saturated: at most 3.6 % of the pixels there (a bright village may have more). One grey
   * level: at most 4.1 %. Sharpness: 0.058 to 0.19, and under 0.024 once blurred by a Gaussian of
   * 0.7 pixels, under 0.033 once averaged over three pixels of one axis. Hashes: those of different
   * images differ in 92 bits or more, those of one image in 20 at most when it is shifted by one
   * pixel, in 42 by three pixels, in 18 when it is made brighter by 30 %.
   */
  public static QualityLimits standard() {
    return new QualityLimits(0.001, 0.5, 0.1, 0.03, 45);
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
      throw new DatasetException(
          Kind.USAGE, "The largest " + what + " must be from 0 to 1, not " + value + ".");
    }
  }
}
