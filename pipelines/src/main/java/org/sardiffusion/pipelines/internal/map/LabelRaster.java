package org.sardiffusion.pipelines.internal.map;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.pipelines.scene.SceneFrame;

/**
 * A raster of labels (GeoTIFF, PNG, NPY, ENVI) and the prompts that they stand for. Each latent
 * pixel has the label at its centre.
 *
 * <p>A geo-referenced raster lies where it says, if the scene has a place too; any other is
 * stretched over the whole scene. Pixels without data (nodata, NaN) and places beyond the raster
 * are left open.
 *
 * @param file the raster
 * @param legend the prompts: {@code .yaml}, {@code .json} or {@code .csv}
 */
public record LabelRaster(Path file, Path legend) implements RegionSource {
  @Override
  public void draw(RegionCanvas canvas) {
    Legend prompts = Legend.read(legend);
    try (Raster raster = Rasters.open(file)) {
      if (raster instanceof ComplexRaster) {
        throw new PromptMapException(
            file
                + " holds complex samples, so it is not a label raster: name one of whole numbers.");
      }
      draw(raster, prompts, canvas);
    }
  }

  private void draw(Raster raster, Legend prompts, RegionCanvas canvas) {
    SceneFrame frame = canvas.frame();
    LabelPlacing placing = LabelPlacing.of(raster, frame);
    if (placing instanceof LabelPlacing.Stretched
        && !raster.metadata().georeference().equals(Georeference.none())) {
      canvas.warn(
          file
              + " is geo-referenced, but "
              + (frame.place().isEmpty()
                  ? "the scene has no place"
                  : "not by a map in a coordinate system of the EPSG register")
              + ": it is stretched over the whole scene.");
    }
    RasterPoints points = new RasterPoints(raster);
    Map<Float, Character> numbers = new HashMap<>();
    for (int row = 0; row < frame.rows(); row++) {
      double[] positions = placing.positions(row);
      for (int column = 0; column < frame.columns(); column++) {
        int x = (int) Math.floor(positions[2 * column]);
        int y = (int) Math.floor(positions[2 * column + 1]);
        float label = Double.isNaN(positions[2 * column]) ? Float.NaN : points.at(x, y);
        if (!Float.isNaN(label)) {
          if (!numbers.containsKey(label)) {
            numbers.put(label, canvas.number(prompt(label, prompts, x, y)));
          }
          canvas.mark(column, row, numbers.get(label));
        }
      }
    }
    if (numbers.isEmpty()) {
      throw new PromptMapException(
          file
              + " has no label in the scene: it lies elsewhere, or holds nothing but nodata. Check where"
              + " the scene lies.",
          Remedy.choose("crs"),
          Remedy.choose("origin"));
    }
  }

  private String prompt(float label, Legend legend, int column, int row) {
    String prompt = label == (int) label ? legend.prompts().get((int) label) : null;
    if (prompt == null) {
      throw new PromptMapException(
          file
              + " has label "
              + (label == (int) label ? String.valueOf((int) label) : String.valueOf(label))
              + " at column "
              + column
              + ", row "
              + row
              + ", for which "
              + legend.file()
              + " has no prompt. It has "
              + legend.prompts().keySet()
              + ": add the label there, or correct the raster.");
    }
    return prompt;
  }
}
