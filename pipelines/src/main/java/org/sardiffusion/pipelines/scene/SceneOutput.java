package org.sardiffusion.pipelines.scene;

import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.place.Placement;

/**
 * Where a scene goes.
 *
 * @param image the GeoTIFF; beside it are kept, while the scene is made, the latents ({@code
 *     NAME.tif.scene/}), and afterwards the STAC item
 * @param placement where the whole scene lies, whichever part is made
 * @param options how it is stored
 * @param preview a small PNG to write too
 */
public record SceneOutput(
    Path image, Placement placement, WriteOptions options, Optional<Path> preview) {

  /** The folder of what is needed to continue. */
  public Path folder() {
    return image.resolveSibling(image.getFileName() + ".scene");
  }
}
