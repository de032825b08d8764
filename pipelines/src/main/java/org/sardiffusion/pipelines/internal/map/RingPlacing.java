package org.sardiffusion.pipelines.internal.map;

import java.util.List;
import java.util.Locale;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.operation.overlayng.RingClipper;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.geo.place.CoordinateConversion;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.scene.SceneFrame;

/** Takes rings of a file to cells of a scene. */
sealed interface RingPlacing {
  /**
   * @param ring x and y in turn, in the file's coordinates
   * @return likewise, in cells; empty if nothing of it is near the scene
   */
  double[] toCells(double[] ring);

  /** What coordinates a file has, and which the scene has, for a map that misses the scene. */
  String describe(Envelope reached);

  /**
   * How a file's rings are placed, see {@link PolygonFile}.
   *
   * @throws PromptMapException if the file has coordinates of a kind that the scene has not
   * @throws org.sardiffusion.geo.place.PlacementException if its coordinate system is not known
   */
  static RingPlacing of(GeoJson json, SceneFrame frame) {
    if (frame.place().isEmpty()) {
      json.crs()
          .ifPresent(
              crs -> {
                throw new PromptMapException(
                    json.file()
                        + " has coordinates in "
                        + crs
                        + ", but the scene has no place: say where it lies, or remove \"crs\" and"
                        + " draw in columns and rows of the image.",
                    Remedy.choose("crs"),
                    Remedy.choose("origin"));
              });
      return new Pixels(frame);
    }
    AffineGrid place = frame.place().get();
    Crs scene = place.crs().orElseThrow();
    MapGrid grid = new MapGrid(frame, place.map(), scene);
    Crs crs = json.crs().orElseGet(() -> guess(json, scene));
    return crs.equals(scene) ? grid : Reprojected.of(grid, crs);
  }

  private static Crs guess(GeoJson json, Crs scene) {
    boolean degrees =
        json.regions().stream()
            .flatMap(region -> region.polygons().stream())
            .flatMap(List::stream)
            .allMatch(RingPlacing::mayBeDegrees);
    return degrees ? Crs.WGS84 : scene;
  }

  private static boolean mayBeDegrees(double[] ring) {
    for (int i = 0; i < ring.length; i += 2) {
      if (Math.abs(ring[i]) > 180 || Math.abs(ring[i + 1]) > 90) {
        return false;
      }
    }
    return true;
  }

  private static String span(Envelope e) {
    return String.format(
        Locale.ROOT,
        "x %.8g to %.8g, y %.8g to %.8g",
        e.getMinX(),
        e.getMaxX(),
        e.getMinY(),
        e.getMaxY());
  }

  /** Columns and rows of the image. */
  record Pixels(SceneFrame frame) implements RingPlacing {
    @Override
    public double[] toCells(double[] ring) {
      double[] cells = new double[ring.length];
      for (int i = 0; i < ring.length; i++) {
        cells[i] = ring[i] / frame.factor();
      }
      return cells;
    }

    @Override
    public String describe(Envelope reached) {
      return "They span columns and rows %s; the scene has %s.".formatted(span(reached), frame);
    }
  }

  /** Coordinates of the scene's own system. */
  record MapGrid(SceneFrame frame, Affine map, Crs crs) implements RingPlacing {
    @Override
    public double[] toCells(double[] ring) {
      double[] cells = new double[ring.length];
      for (int i = 0; i < ring.length; i += 2) {
        cells[i] = map.column(ring[i], ring[i + 1]) / frame.factor();
        cells[i + 1] = map.row(ring[i], ring[i + 1]) / frame.factor();
      }
      return cells;
    }

    Envelope envelope() {
      Envelope box = new Envelope();
      for (int[] corner : new int[][] {{0, 0}, {1, 0}, {0, 1}, {1, 1}}) {
        int column = corner[0] * frame.width();
        int row = corner[1] * frame.height();
        box.expandToInclude(map.x(column, row), map.y(column, row));
      }
      return box;
    }

    @Override
    public String describe(Envelope reached) {
      return "They span %s in %s; the scene spans %s."
          .formatted(span(reached), crs.code(), span(envelope()));
    }
  }

  /**
   * Coordinates of another system. Rings are cut to the scene's surroundings first, since a map
   * projection has no points far from its area, and their sides are divided, since straight lines
   * of one system are not straight in the other.
   *
   * @param around the scene's surroundings in the file's system
   */
  record Reprojected(MapGrid grid, Crs crs, CoordinateConversion conversion, Envelope around)
      implements RingPlacing {
    private static final int POINTS_PER_SIDE = 64;
    private static final double MARGIN = 0.05;

    static Reprojected of(MapGrid grid, Crs crs) {
      double[] outline =
          CoordinateConversion.between(grid.crs(), crs)
              .convert(divided(corners(grid.envelope()), longest(grid.envelope())));
      Envelope around = new Envelope();
      for (int i = 0; i < outline.length; i += 2) {
        if (!Double.isNaN(outline[i])) {
          around.expandToInclude(outline[i], outline[i + 1]);
        }
      }
      around.expandBy(MARGIN * around.getWidth(), MARGIN * around.getHeight());
      return new Reprojected(grid, crs, CoordinateConversion.between(crs, grid.crs()), around);
    }

    /** What stays whole: its ends lie so near that it is straight in any system. */
    private static double longest(Envelope box) {
      return Math.hypot(box.getWidth(), box.getHeight()) / POINTS_PER_SIDE;
    }

    private static Coordinate[] corners(Envelope box) {
      return GeoJson.coordinates(
          new double[] {
            box.getMinX(), box.getMinY(), box.getMaxX(), box.getMinY(),
            box.getMaxX(), box.getMaxY(), box.getMinX(), box.getMaxY()
          });
    }

    @Override
    public double[] toCells(double[] ring) {
      Coordinate[] near = new RingClipper(around).clip(GeoJson.coordinates(ring));
      if (near.length == 0) {
        return new double[0];
      }
      double[] there = conversion.convert(divided(near, longest(around)));
      for (double value : there) {
        if (Double.isNaN(value)) {
          throw new PromptMapException(
              "Around the scene, "
                  + crs
                  + " has places that "
                  + grid.crs().codeAndName()
                  + " has not: convert the map to the scene's coordinate system first.");
        }
      }
      return grid.toCells(there);
    }

    /** Divides the sides of a ring into parts that are not longer. */
    private static double[] divided(Coordinate[] ring, double longest) {
      int points = 0;
      for (int i = 0; i + 1 < ring.length; i++) {
        points += parts(ring[i], ring[i + 1], longest);
      }
      double[] divided = new double[2 * points];
      int used = 0;
      for (int i = 0; i + 1 < ring.length; i++) {
        int parts = parts(ring[i], ring[i + 1], longest);
        for (int part = 0; part < parts; part++) {
          double t = (double) part / parts;
          divided[used++] = ring[i].x + t * (ring[i + 1].x - ring[i].x);
          divided[used++] = ring[i].y + t * (ring[i + 1].y - ring[i].y);
        }
      }
      return divided;
    }

    private static int parts(Coordinate from, Coordinate to, double longest) {
      return (int) Math.max(1, Math.ceil(from.distance(to) / longest));
    }

    @Override
    public String describe(Envelope reached) {
      return "They span %s in %s; the scene spans about %s there."
          .formatted(span(reached), crs.code(), span(around));
    }
  }
}
