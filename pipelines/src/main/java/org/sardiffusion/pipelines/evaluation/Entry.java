package org.sardiffusion.pipelines.evaluation;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.evaluation.PixelBox;

/**
 * An image of a folder, not read yet.
 *
 * @param file where it is
 * @param source what it was cut from
 * @param labels at least one
 * @param caption what it shows, or its prompt
 * @param excluded areas that statistics leave out
 */
record Entry(
    Path file,
    Optional<String> source,
    List<String> labels,
    Optional<String> caption,
    List<PixelBox> excluded) {}
