package org.sardiffusion.pipelines.internal.map;

/** A file of regions that have prompts. */
public sealed interface RegionSource permits PolygonFile, PositionList, LabelRaster {
  /**
   * Draws the regions, the last uppermost.
   *
   * @throws PromptMapException if the file can't be used
   * @throws org.sardiffusion.core.SarDiffusionException if a raster can't be read
   */
  void draw(RegionCanvas canvas);
}
