package org.sardiffusion.pipelines.refinement;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.geo.files.ProductChoice;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.raster.Calibration;
import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.Spacing;

/**
 * Where an image to refine comes from.
 *
 * @param path a raster ({@link Rasters}), or a TerraSAR-X product: its main annotation or its
 *     folder
 * @param spacing of its pixels, which overrules what the file says; empty takes that
 * @param window the part of it to take; empty takes all
 * @param polarisation of a product; empty takes the first one
 * @param calibration of a product: its amplitudes are then square roots of that; empty takes its
 *     digital numbers
 */
public record RadarInput(
    Path path,
    Optional<Spacing> spacing,
    Optional<Window> window,
    Optional<Polarisation> polarisation,
    Optional<Calibration> calibration) {
  private static final int STRIP_ROWS = 256;

  /** All of a file, as it describes itself. */
  public static RadarInput of(Path path) {
    return new RadarInput(
        path, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * Reads the image; of a large one only the rows of the window.
   *
   * @throws RefinementException if its spacing is not known, or the window lies outside
   * @throws org.sardiffusion.core.SarDiffusionException if it can't be read
   */
  public RadarImage read() {
    return readWithFiles().image();
  }

  /**
   * An image, and where it came from.
   *
   * @param image in memory
   * @param files that it was read from: what was named first; then, where there are any, the pixels
   *     of what only describes them, the header and the sidecar
   */
  record Read(RadarImage image, List<Path> files) {}

  Read readWithFiles() {
    try (Raster raster = Rasters.open(path, new ProductChoice(polarisation, calibration))) {
      Spacing known =
          spacing
              .or(() -> raster.metadata().spacing())
              .orElseThrow(
                  () ->
                      new RefinementException(
                          path
                              + " does not say how far its pixels lie apart: give their spacing in"
                              + " metres (of columns and rows, where the two differ).",
                          Remedy.choose("spacing")));
      Window part = window.orElse(new Window(0, 0, raster.width(), raster.height()));
      part.requireWithin(new Size(raster.width(), raster.height()));
      Georeference place = new PixelShift(part.x(), part.y()).of(raster.metadata().georeference());
      return new Read(
          new RadarImage(pixels(raster, part), known, place), Rasters.files(path, raster));
    }
  }

  /** The file that stands for the input: of a product in a folder, its annotation. */
  Path file() {
    return Rasters.mainFile(path);
  }

  /** The same part of the same file, its pixels so far apart, whatever the file says by then. */
  RadarInput at(Spacing known) {
    return new RadarInput(path, Optional.of(known), window, polarisation, calibration);
  }

  private RadarImage.Pixels pixels(Raster raster, Window part) {
    int values = raster instanceof ComplexRaster ? 2 : 1;
    long length = (long) part.width() * part.height() * values;
    if (length > Integer.MAX_VALUE - 16) {
      throw new RefinementException(
          path
              + " has "
              + part.width()
              + "x"
              + part.height()
              + " pixels, more than are refined at once: take windows of it, one after the other.",
          Remedy.choose("window"));
    }
    float[] samples = new float[(int) length];
    float[] strip = new float[Math.multiplyExact(raster.width() * values, STRIP_ROWS)];
    for (int row = 0; row < part.height(); row += STRIP_ROWS) {
      int rows = Math.min(STRIP_ROWS, part.height() - row);
      raster.readRows(part.y() + row, rows, strip);
      for (int line = 0; line < rows; line++) {
        System.arraycopy(
            strip,
            (line * raster.width() + part.x()) * values,
            samples,
            (row + line) * part.width() * values,
            part.width() * values);
      }
    }
    return values == 2
        ? new RadarImage.Complex(new ComplexImage(part.width(), part.height(), samples))
        : new RadarImage.Amplitude(new AmplitudeRaster(part.width(), part.height(), samples));
  }
}
