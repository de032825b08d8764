package org.sardiffusion.training.dataset;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.geo.raster.Spacing;

/**
 * What a list of captions says about a source or a patch.
 *
 * @param text what the image shows; empty if the list has no text for it
 * @param labels its categories, the primary one first; empty if the list has none, so that they are
 *     found in the text
 * @param scene the scene that it shows, if the list says so
 * @param spacing its pixel spacing, if the list says so
 * @param mask areas to leave out where texture is learned, pixels of the source
 */
public record Caption(
    Optional<String> text,
    List<String> labels,
    Optional<String> scene,
    Optional<Spacing> spacing,
    List<Box> mask) {
  public Caption {
    labels = List.copyOf(labels);
    mask = List.copyOf(mask);
  }
}
