package org.sardiffusion.pipelines.refinement;

import java.nio.file.Path;
import java.util.List;

/**
 * What refining a file left behind.
 *
 * @param files that were written, the image first
 * @param image what is in it
 * @param recipe how it was made, JSON
 */
public record UpscaleOutcome(List<Path> files, RefinedImage image, String recipe) {}
