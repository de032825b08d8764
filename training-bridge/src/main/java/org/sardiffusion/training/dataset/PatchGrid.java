package org.sardiffusion.training.dataset;

import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.core.raster.Window;

/**
 * How a resampled image is cut: patches from the upper left corner on, all of one size, those that
 * fit whole.
 *
 * @param width columns of a patch, at least 16
 * @param height rows of a patch, at least 16
 * @param strideX columns from one patch to the next, at least 1
 * @param strideY rows from one patch to the next, at least 1
 */
public record PatchGrid(int width, int height, int strideX, int strideY) {
  /** Under this, a patch has no texture to judge. */
  private static final int LEAST = 16;

  /**
   * @throws DatasetException if a size is too small
   */
  public PatchGrid {
    if (width < LEAST || height < LEAST) {
      throw new DatasetException(
          Kind.USAGE, "A patch must have at least 16x16 pixels, not " + width + "x" + height + ".");
    }
    if (strideX < 1 || strideY < 1) {
      throw new DatasetException(
          Kind.USAGE, "A stride must be at least 1x1, not " + strideX + "x" + strideY + ".");
    }
  }

  /** Patches side by side. */
  public static PatchGrid of(int width, int height) {
    return new PatchGrid(width, height, width, height);
  }

  /** 1024 x 1024, side by side: the patches of the paper. */
  public static PatchGrid paper() {
    return of(1024, 1024);
  }

  /** How many patches an image gives. */
  public long count(int imageWidth, int imageHeight) {
    return (long) positions(imageWidth, width, strideX) * positions(imageHeight, height, strideY);
  }

  /** The patches of an image, row by row. */
  public List<Window> windows(int imageWidth, int imageHeight) {
    List<Window> windows = new ArrayList<>();
    for (int j = 0; j < positions(imageHeight, height, strideY); j++) {
      for (int i = 0; i < positions(imageWidth, width, strideX); i++) {
        windows.add(new Window(i * strideX, j * strideY, width, height));
      }
    }
    return windows;
  }

  private static int positions(int length, int patch, int stride) {
    return length < patch ? 0 : (length - patch) / stride + 1;
  }
}
