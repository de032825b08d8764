package org.sardiffusion.pipelines.scene;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sardiffusion.core.io.DistinctFiles;
import org.sardiffusion.geo.files.ImageFiles;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.runtime.scene.SceneException;

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
    Path image, AffineGrid placement, WriteOptions options, Optional<Path> preview) {
  /**
   * @throws SceneException if the preview is no PNG: in a format that keeps a place it would lie
   *     wrong, being smaller than the scene
   */
  public SceneOutput {
    if (preview.isPresent() && !isPng(preview.get())) {
      throw new SceneException(
          "The preview can't be written to " + preview.get() + ": it is a PNG, name a .png file.");
    }
  }

  private static boolean isPng(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".png");
  }

  /**
   * Makes sure that no output takes the place of what the scene is made from, or of another.
   *
   * @throws org.sardiffusion.core.io.OverwriteException if one does
   */
  public void requireApartFrom(PromptSource source) {
    List<Path> outputs = new ArrayList<>(ImageFiles.files(image));
    preview.ifPresent(outputs::add);
    DistinctFiles.require(source.files().stream().map(InputFile::path).toList(), outputs);
  }

  /** The folder of what is needed to continue. */
  public Path folder() {
    return image.resolveSibling(image.getFileName() + ".scene");
  }
}
