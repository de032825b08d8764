package org.sardiffusion.geo.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.envi.EnviRaster;
import org.sardiffusion.geo.npy.NpyRaster;
import org.sardiffusion.geo.picture.JpegRaster;
import org.sardiffusion.geo.picture.PngRaster;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.sidecar.Sidecar;
import org.sardiffusion.geo.terrasarx.Orientation;
import org.sardiffusion.geo.terrasarx.TerraSarX;
import org.sardiffusion.geo.terrasarx.TerraSarXProduct;
import org.sardiffusion.geo.tiff.TiffRaster;

/**
 * Opens radar images of every raster format that is read: NPY, ENVI, GeoTIFF, PNG, JPEG and
 * TerraSAR-X products.
 *
 * <p>Formats are told by what a file begins with, not by its name; a file that begins with nothing
 * known is ENVI if a {@code .hdr} lies beside it. A sidecar, {@code NAME.yaml} beside {@code
 * NAME.tif}, adds what the format cannot say, and overrules what it says.
 */
public final class Rasters {
  private static final int LONGEST_START = 16;

  private Rasters() {}

  /**
   * Opens an image; nothing but its description is read yet, except of JPEG.
   *
   * <p>Of a TerraSAR-X product, the first polarisation as the radar sees it; {@link TerraSarX}
   * opens others, and calibrates.
   *
   * @param path the image; of ENVI, either of the two files; of a TerraSAR-X product, its main
   *     annotation or its folder
   * @return amplitudes or complex samples; close it
   * @throws MalformedFileException if the file is missing, broken, cut short, or none of these
   *     formats; the message says what to do
   * @throws org.sardiffusion.geo.sidecar.SidecarException if there is a sidecar that cannot be used
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
        return sidecar.isPresent() ? sidecar.get().describe(raster) : raster;
      } catch (RuntimeException e) {
        raster.close();
        throw e;
      }
    } catch (IOException e) {
      throw new MalformedFileException(path, e.getMessage() + ".", e);
    }
  }

  private static Raster product(Path path) {
    TerraSarXProduct product = TerraSarX.open(path);
    return product.image(product.polarisations().get(0), Orientation.SENSOR);
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
