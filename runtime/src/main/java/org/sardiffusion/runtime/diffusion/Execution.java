package org.sardiffusion.runtime.diffusion;

import java.util.Optional;
import org.sardiffusion.runtime.tiling.TileLayout;

/**
 * How the work of a request is divided: what decides on speed and memory, and not on what is asked
 * for.
 *
 * <p>A batch makes the images that are made one by one, up to rounding. Tiles show: an image that
 * is larger than what the UNet was trained on is another, and a better one, than if it were made
 * whole. They follow from the model and the size, so no recipe names them.
 *
 * @param batchSize images to make at once, at least 1
 * @param tiles in which the noise is predicted; empty predicts that of the whole image at once
 */
public record Execution(int batchSize, Optional<TileLayout> tiles) {
  /** One whole image after the other. */
  public static final Execution ONE_BY_ONE = new Execution(1, Optional.empty());

  /**
   * @throws GenerationException if the batch is empty
   */
  public Execution {
    if (batchSize < 1) {
      throw new GenerationException("The batch size must be at least 1, but is " + batchSize + ".");
    }
  }

  /** Whole images in batches. */
  public static Execution inBatchesOf(int images) {
    return new Execution(images, Optional.empty());
  }
}
