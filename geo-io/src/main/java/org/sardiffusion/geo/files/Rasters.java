package org.sardiffusion.geo.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.internal.GdalSidecars;
import org.sardiffusion.geo.internal.envi.EnviRaster;
import org.sardiffusion.geo.internal.npy.NpyRaster;
import org.sardiffusion.geo.internal.picture.JpegRaster;
import org.sardiffusion.geo.internal.picture.PngRaster;
import org.sardiffusion.geo.internal.sidecar.Sidecar;
import org.sardiffusion.geo.internal.terrasarx.Orientation;
import org.sardiffusion.geo.internal.terrasarx.TerraSarX;
import org.sardiffusion.geo.internal.terrasarx.TerraSarXProduct;
import org.sardiffusion.geo.internal.tiff.TiffRaster;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterMetadata;

/**
 * Opens radar images of every raster format that is read: NPY, ENVI, GeoTIFF, PNG, JPEG and
 * TerraSAR-X products.
 *
 * <p>Formats are told by what a file begins with, not by its name; a file that begins with nothing
 * known is ENVI if a {@code .hdr} lies beside it. GDAL's {@code NAME.tif.msk} and {@code
 * NAME.tif.aux.xml} say which pixels have no data. A sidecar, {@code NAME.yaml} beside {@code
 * NAME.tif}, adds what the format cannot say, and overrules what it says.
 */
public final class Rasters {
  private static final int LONGEST_START = 16;

  private Rasters() {}

  /**
   * Opens an image; nothing but its description is read yet, except of JPEG.
   *
   * <p>Of a TerraSAR-X product, the digital numbers of the first polarisation as the radar sees it.
   *
   * @param path the image; of ENVI, either of the two files; of a TerraSAR-X product, its main
   *     annotation or its folder
   * @return amplitudes or complex samples; close it
   * @throws MalformedFileException if the file is missing, broken, cut short, or none of these
   *     formats; the message says what to do
   * @throws org.sardiffusion.geo.SidecarException if there is a sidecar that cannot be used
   */
  public static Raster open(Path path) {
    if (Files.isDirectory(path)) {
      return product(path);
    }
    if (!Files.exists(path)) {
      throw new MalformedFileException(path, "there is no such file.");
    }
    Optional<Sidecar> sidecar = Sidecar.beside(path);
    try {
      Raster raster = openAlone(path);
      try {
        raster = masked(raster);
        return sidecar.isPresent() ? sidecar.get().describe(raster) : raster;
      } catch (IOException | RuntimeException e) {
        raster.close();
        throw e;
      }
    } catch (IOException e) {
      throw new MalformedFileException(path, e.getMessage() + ".", e);
    }
  }

  /**
   * Opens an image of a product, as the radar sees it.
   *
   * @param path as above
   * @param choice which image, and how it is calibrated; if that leaves all open, the path may be
   *     that of any raster
   * @throws UnsupportedFormatException if there is something to choose and the path is not that of
   *     a product, or the product cannot offer it
   * @throws MalformedFileException as above
   */
  public static Raster open(Path path, ProductChoice choice) {
    if (choice.equals(ProductChoice.FIRST) || Files.notExists(path)) {
      return open(path);
    }
    if (!TerraSarX.isProduct(path)) {
      throw new UnsupportedFormatException(
          path
              + " is not a TerraSAR-X product: only those have polarisations to choose from, and can"
              + " be calibrated.");
    }
    return product(path, choice);
  }

  /**
   * The file that stands for an image: of a product in a folder, its main annotation.
   *
   * @throws MalformedFileException if a folder holds none, or several
   */
  public static Path mainFile(Path path) {
    return TerraSarX.annotation(path);
  }

  /**
   * The files that say what the pixels of an image are: {@link #mainFile} first; then, where there
   * are any, the pixels of what only describes them, the header and the sidecar. All are absolute.
   *
   * @param path what was opened
   * @param raster as it was opened
   */
  public static List<Path> files(Path path, Raster raster) {
    Path pixels = raster.metadata().file();
    Set<Path> files = new LinkedHashSet<>(List.of(normal(mainFile(path)), normal(pixels)));
    new GdalSidecars(pixels).files().forEach(file -> files.add(normal(file)));
    if (raster.metadata().encoding().format().equals(EnviRaster.FORMAT)) {
      EnviRaster.headerOf(pixels).map(Rasters::normal).ifPresent(files::add);
    }
    if (!Files.isDirectory(path)) {
      Sidecar.beside(path).map(Sidecar::file).map(Rasters::normal).ifPresent(files::add);
    }
    return List.copyOf(files);
  }

  /**
   * The binary file of an ENVI header.
   *
   * @throws MalformedFileException if there is none
   */
  public static Path dataOfHeader(Path header) {
    return EnviRaster.dataOf(header);
  }

  private static Path normal(Path file) {
    return file.toAbsolutePath().normalize();
  }

  private static Raster product(Path path) {
    return product(path, ProductChoice.FIRST);
  }

  private static Raster product(Path path, ProductChoice choice) {
    TerraSarXProduct product = TerraSarX.open(path);
    Polarisation image = choice.polarisation().orElse(product.polarisations().get(0));
    return choice
        .calibration()
        .map(calibration -> product.calibrated(image, Orientation.SENSOR, calibration))
        .orElseGet(() -> product.image(image, Orientation.SENSOR));
  }

  /** With what GDAL keeps beside a file; what the file itself says comes first. */
  private static Raster masked(Raster raster) throws IOException {
    RasterMetadata metadata = raster.metadata();
    GdalSidecars sidecars = new GdalSidecars(metadata.file());
    Raster described = raster;
    if (metadata.encoding().nodata().isEmpty() && sidecars.nodata().isPresent()) {
      described =
          raster.withMetadata(
              metadata.withEncoding(metadata.encoding().withNodata(sidecars.nodata())));
    }
    return Files.isRegularFile(sidecars.mask())
        ? described.maskedBy(TiffRaster.rows(sidecars.mask()))
        : described;
  }

  private static Raster openAlone(Path path) throws IOException {
    byte[] start;
    try (InputStream bytes = Files.newInputStream(path)) {
      start = bytes.readNBytes(LONGEST_START);
    }
    if (NpyRaster.begins(start)) {
      return NpyRaster.open(path);
    }
    if (TiffRaster.begins(start)) {
      return TiffRaster.open(path);
    }
    if (PngRaster.begins(start)) {
      return PngRaster.open(path);
    }
    if (JpegRaster.begins(start)) {
      return JpegRaster.open(path);
    }
    if (EnviRaster.begins(start)) {
      return EnviRaster.open(path, EnviRaster.dataOf(path));
    }
    if (TerraSarX.begins(start)) {
      return product(path);
    }
    Path header =
        EnviRaster.headerOf(path)
            .orElseThrow(
                () ->
                    new MalformedFileException(
                        path,
                        "it is none of the formats that are read: GeoTIFF, NPY, PNG, JPEG, a"
                            + " TerraSAR-X annotation (.xml), or a flat binary file with an ENVI"
                            + " header (NAME.hdr) beside it."));
    return EnviRaster.open(header, path);
  }
}
