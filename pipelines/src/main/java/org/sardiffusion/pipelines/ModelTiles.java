package org.sardiffusion.pipelines;

import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.tiling.TileLayout;

/** The tiles, of the size of a model's own images, in which larger ones are denoised. */
public final class ModelTiles {
  /** Neighbouring tiles share at least this part of their side. */
  private static final double OVERLAP = 0.25;

  private ModelTiles() {}

  /**
   * The tiles of an image.
   *
   * @param width of its latents
   * @param height of its latents
   */
  public static TileLayout of(Bundle bundle, int width, int height) {
    int side = Math.min(bundle.defaultWidth(), bundle.defaultHeight()) / bundle.vae().factor();
    return TileLayout.even(width, height, side, (int) (side * OVERLAP));
  }

  /** By how many pixels of the image neighbours overlap at least. */
  public static int overlap(Bundle bundle) {
    return (int) (Math.min(bundle.defaultWidth(), bundle.defaultHeight()) * OVERLAP);
  }
}
