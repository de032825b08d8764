package org.sardiffusion.pipelines;

import org.sardiffusion.conditioning.tile.BlendingWeights;
import org.sardiffusion.conditioning.tile.BlendingWindow;
import org.sardiffusion.conditioning.tile.TilePlan;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.tiling.AxisTiling;
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
    TilePlan plan = TilePlan.of(width, height, side, (int) (side * OVERLAP));
    BlendingWeights weights = BlendingWeights.of(plan, BlendingWindow.mixtureOfDiffusers());
    return new TileLayout(
        new AxisTiling(
            width, plan.tiles().get(0).width(), plan.columnStarts(), weights.ofColumns()),
        new AxisTiling(height, plan.tiles().get(0).height(), plan.rowStarts(), weights.ofRows()));
  }

  /** By how many pixels of the image neighbours overlap at least. */
  public static int overlap(Bundle bundle) {
    return (int) (Math.min(bundle.defaultWidth(), bundle.defaultHeight()) * OVERLAP);
  }
}
