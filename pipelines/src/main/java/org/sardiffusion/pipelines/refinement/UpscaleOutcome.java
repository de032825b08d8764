package org.sardiffusion.pipelines.refinement;

import java.nio.file.Path;
import java.util.List;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;

/**
 * What refining a file left behind.
 *
 * @param files that were written, the image first
 * @param image what was made, in the geometry of the input
 * @param recipe how it was made, JSON
 * @param spacing of the pixels in the image's file, metres
 */
public record UpscaleOutcome(
    List<Path> files, RefinedImage image, RecordedRecipe recipe, Spacing spacing) {}
