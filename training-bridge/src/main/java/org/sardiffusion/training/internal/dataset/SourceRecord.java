package org.sardiffusion.training.internal.dataset;

import java.util.List;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.training.dataset.Box;
import org.sardiffusion.training.dataset.DatasetManifest;
import org.sardiffusion.training.dataset.PatchGrid;
import org.sardiffusion.training.dataset.PlannedSource;
import org.sardiffusion.training.dataset.Split;

/**
 * What became of one source; the journal has a file of this for each that is done.
 *
 * @param source as {@link PlannedSource#source}
 * @param sha256 of the file; empty if it could not be read
 * @param scene that it shows
 * @param split that its scene belongs to
 * @param geometry what was prepared from it; that of an empty image if it failed
 * @param problem why it could not be used; empty if it was
 * @param kept its patches that entered
 * @param dropped its patches that did not
 */
public record SourceRecord(
    String source,
    String sha256,
    String scene,
    Split split,
    Geometry geometry,
    String problem,
    List<PatchRecord> kept,
    List<DroppedPatch> dropped) {

  /**
   * From a source to its prepared image.
   *
   * @param width of the source, pixels
   * @param height of the source, pixels
   * @param complex whether it was complex
   * @param inputSpacing of the source
   * @param outputSpacing reached
   * @param preparedWidth columns of the prepared image
   * @param preparedHeight rows of the prepared image
   * @param scaleX prepared pixels for each source pixel along a row
   * @param scaleY the same along a column
   * @param divisor calibrated amplitude that became 1
   */
  public record Geometry(
      int width,
      int height,
      boolean complex,
      Spacing inputSpacing,
      Spacing outputSpacing,
      int preparedWidth,
      int preparedHeight,
      double scaleX,
      double scaleY,
      double divisor) {
    static final Geometry NONE =
        new Geometry(0, 0, false, Spacing.square(1), Spacing.square(1), 0, 0, 1, 1, 1);

    /** The part of the source that a patch shows, as fractions of its width and height. */
    public Box part(PatchRecord patch, PatchGrid grid) {
      double left = patch.column() / scaleX / width;
      double top = patch.row() / scaleY / height;
      return new Box(
          left,
          top,
          Math.min(1, left + grid.width() / scaleX / width),
          Math.min(1, top + grid.height() / scaleY / height));
    }

    /** The two spacings reached are equal but for the rounding of the resampling ratio. */
    double meanSpacing() {
      double mean = (outputSpacing.columns() + outputSpacing.rows()) / 2;
      return Math.rint(mean * 1e9) / 1e9;
    }
  }

  public static SourceRecord failed(PlannedSource source, String problem) {
    return new SourceRecord(
        source.source(),
        "",
        source.scene(),
        source.split(),
        Geometry.NONE,
        problem,
        List.of(),
        List.of());
  }

  public DatasetManifest.SourceSummary summary() {
    return new DatasetManifest.SourceSummary(
        source,
        sha256,
        scene,
        split.folder(),
        new int[] {geometry.width(), geometry.height()},
        geometry.complex(),
        new double[] {geometry.inputSpacing().columns(), geometry.inputSpacing().rows()},
        new double[] {geometry.outputSpacing().columns(), geometry.outputSpacing().rows()},
        geometry.divisor(),
        kept.size(),
        dropped.size());
  }

  public boolean failed() {
    return !problem.isEmpty();
  }
}
