package org.sardiffusion.evaluation.semantics;

import java.util.List;
import java.util.Optional;

/**
 * An image as a model sees it.
 *
 * @param name of the image
 * @param labels its scene categories
 * @param caption what it shows
 * @param embedding as the image tower gives it, not normalised
 */
public record EmbeddedImage(
    String name, List<String> labels, Optional<String> caption, float[] embedding) {}
