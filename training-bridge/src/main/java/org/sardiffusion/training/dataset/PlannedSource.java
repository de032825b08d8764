package org.sardiffusion.training.dataset;

import java.nio.file.Path;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.geo.raster.Spacing;

/**
 * A source whose header has been read.
 *
 * @param file to open
 * @param source what it is called in the training set: its path within the folder that was
 *     searched, or the name of a file that was named outright
 * @param name unique start of the names of its patches
 * @param scene that it shows
 * @param split that its scene belongs to
 * @param spacing of its pixels
 * @param patches how many it can give at most
 */
public record PlannedSource(
    Path file,
    String source,
    String name,
    String scene,
    Split split,
    Spacing spacing,
    long patches) {
  String patchName(Window window) {
    return name + "_r" + window.y() + "_c" + window.x();
  }
}
