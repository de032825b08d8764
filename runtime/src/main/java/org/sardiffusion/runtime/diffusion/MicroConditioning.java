package org.sardiffusion.runtime.diffusion;

import java.util.Optional;
import org.sardiffusion.core.raster.Size;

/**
 * SDXL's micro-conditioning (Podell et al. 2023, section 2.2): what the training image was like
 * before it was cropped and scaled.
 *
 * @param originalSize size of the original image; empty means the size that is generated
 * @param cropLeft pixels cropped at the left
 * @param cropTop pixels cropped at the top
 * @param targetSize size after scaling; empty means the size that is generated
 * @param aestheticScore only read by models with five numbers, SDXL's refiners
 */
public record MicroConditioning(
    Optional<Size> originalSize,
    int cropLeft,
    int cropTop,
    Optional<Size> targetSize,
    double aestheticScore) {

  /** diffusers' default for the prompt. */
  public static final double AESTHETIC_SCORE = 6.0;

  /** diffusers' default for the negative prompt. */
  public static final double NEGATIVE_AESTHETIC_SCORE = 2.5;

  /** Uncropped, of the size that is generated. */
  public static MicroConditioning standard() {
    return new MicroConditioning(Optional.empty(), 0, 0, Optional.empty(), AESTHETIC_SCORE);
  }

  /**
   * What the negative prompt gets where nothing is said of it: the same, but a low aesthetic score.
   */
  MicroConditioning forNegative() {
    return new MicroConditioning(
        originalSize, cropLeft, cropTop, targetSize, NEGATIVE_AESTHETIC_SCORE);
  }

  /**
   * The numbers that the UNet takes as {@code time_ids}, as {@code _get_add_time_ids} of diffusers
   * orders them: heights before widths, top before left.
   *
   * @param generated the size that is generated
   * @param count 6, or 5 for models that were trained with an aesthetic score in place of the
   *     target size
   */
  float[] timeIds(Size generated, int count) {
    Size original = originalSize.orElse(generated);
    Size target = targetSize.orElse(generated);
    return count == 5
        ? new float[] {
          original.height(), original.width(), cropTop, cropLeft, (float) aestheticScore
        }
        : new float[] {
          original.height(), original.width(), cropTop, cropLeft, target.height(), target.width()
        };
  }
}
