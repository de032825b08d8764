package org.sardiffusion.pipelines.scene;

import java.util.Locale;
import java.util.Optional;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;

/**
 * The scene that a prompt map is laid over.
 *
 * <p>Prompts hold in latent pixels ("cells"), each {@code factor} by {@code factor} pixels of the
 * image. Positions in cells count from the upper left corner of the scene: the centre of the first
 * cell is at (0.5, 0.5).
 *
 * @param width columns of the image, pixels, at least 1
 * @param height rows, pixels, at least 1
 * @param factor pixels of the image per latent pixel along one axis, at least 1
 * @param spacing metres per pixel, above 0
 * @param place where the image lies on Earth, with its coordinate system, if that is known
 */
public record SceneFrame(
    int width, int height, int factor, double spacing, Optional<AffineGrid> place) {
  /**
   * @throws IllegalArgumentException if a number is outside its range
   */
  public SceneFrame {
    if (width < 1 || height < 1 || factor < 1 || !(spacing > 0) || Double.isInfinite(spacing)) {
      throw new IllegalArgumentException(
          "Not a scene: %dx%d pixels, %d per cell, %s m".formatted(width, height, factor, spacing));
    }
  }

  /** Of a geographic coordinate system, along a meridian. */
  private static final double METRES_PER_DEGREE = 111_320;

  /** The frame of a scene of so many pixels that lies somewhere. */
  public static SceneFrame of(int width, int height, int factor, AffineGrid placement) {
    boolean degrees = placement.crs().map(Crs::isGeographic).orElse(false);
    return new SceneFrame(
        width,
        height,
        factor,
        placement.pixelHeight() * (degrees ? METRES_PER_DEGREE : 1),
        Optional.of(placement).filter(p -> p.crs().isPresent()));
  }

  /**
   * The same scene in larger latent pixels: as a coarser scene sees it.
   *
   * @param reduction how many times as large along each axis, at least 1
   */
  public SceneFrame reduced(int reduction) {
    return new SceneFrame(width, height, factor * reduction, spacing, place);
  }

  /** Columns of latent pixels; the last may reach beyond the image. */
  public int columns() {
    return (width + factor - 1) / factor;
  }

  /** Rows of latent pixels, likewise. */
  public int rows() {
    return (height + factor - 1) / factor;
  }

  /** A position in a sentence: pixel of the image at a cell's centre, and coordinates if known. */
  public String describe(int column, int row) {
    int x = Math.min(width - 1, column * factor + factor / 2);
    int y = Math.min(height - 1, row * factor + factor / 2);
    String pixel = "column " + x + ", row " + y + " of the scene";
    return place
        .map(
            p ->
                pixel
                    + String.format(
                        Locale.ROOT,
                        " (%s %s, %s)",
                        p.crs().map(Crs::code).orElseThrow(),
                        number(p.map().x(x + 0.5, y + 0.5)),
                        number(p.map().y(x + 0.5, y + 0.5))))
        .orElse(pixel);
  }

  private String number(double coordinate) {
    boolean degrees = place.flatMap(AffineGrid::crs).map(Crs::isGeographic).orElse(false);
    return String.format(Locale.ROOT, degrees ? "%.6f" : "%.1f", coordinate);
  }

  /** The size in a sentence. */
  @Override
  public String toString() {
    return width + "x" + height + " pixels";
  }
}
