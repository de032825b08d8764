package org.sardiffusion.pipelines.internal.map;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.locationtech.jts.geom.Envelope;
import org.sardiffusion.core.Remedy;

/**
 * A GeoJSON file (RFC 7946) of polygons and multipolygons, with holes, each a feature whose
 * property {@code prompt} says what is there. Later features lie over earlier ones.
 *
 * <p>Coordinates are, the first that holds:
 *
 * <ol>
 *   <li>in the coordinate system that a {@code crs} member names (GeoJSON of 2008; GDAL and QGIS
 *       write it);
 *   <li>of a scene without a place: columns and rows of its image, from the upper left corner, rows
 *       downwards;
 *   <li>if any lies beyond 180 or 90 degrees: in the scene's coordinate system;
 *   <li>longitude and latitude on WGS 84, as RFC 7946 has it.
 * </ol>
 *
 * @param file the GeoJSON file
 */
public record PolygonFile(Path file) implements RegionSource {
  @Override
  public void draw(RegionCanvas canvas) {
    GeoJson json = GeoJson.read(file);
    RingPlacing placing = RingPlacing.of(json, canvas.frame());
    Envelope reached = new Envelope();
    boolean any = false;
    for (GeoJson.Region region : json.regions()) {
      int cells = 0;
      for (List<double[]> polygon : region.polygons()) {
        polygon.forEach(ring -> expand(reached, ring));
        GeoJson.defect(polygon)
            .ifPresent(
                d -> canvas.warn(region.where() + ": " + d + "; filled by the even-odd rule."));
        cells += canvas.fill(region.prompt(), placed(placing, polygon));
      }
      if (cells == 0) {
        canvas.warn(
            region.where()
                + ": the region of \""
                + region.prompt()
                + "\" covers the centre of no latent pixel of the scene.");
      }
      any |= cells > 0;
    }
    if (!any) {
      throw new PromptMapException(
          file
              + ": no polygon lies in the scene. "
              + placing.describe(reached)
              + " Check where the scene lies, and the file's coordinates.",
          Remedy.choose("crs"),
          Remedy.choose("origin"));
    }
  }

  private static List<double[]> placed(RingPlacing placing, List<double[]> polygon) {
    List<double[]> rings = new ArrayList<>();
    for (double[] ring : polygon) {
      double[] cells = placing.toCells(ring);
      if (cells.length > 0) {
        rings.add(cells);
      }
    }
    return rings;
  }

  private static void expand(Envelope envelope, double[] ring) {
    for (int i = 0; i < ring.length; i += 2) {
      envelope.expandToInclude(ring[i], ring[i + 1]);
    }
  }
}
