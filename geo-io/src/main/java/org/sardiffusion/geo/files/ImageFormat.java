package org.sardiffusion.geo.files;

import java.nio.file.Path;
import java.util.Locale;
import org.sardiffusion.geo.UnsupportedFormatException;

/** The file formats, told apart by the ending of a name. */
public enum ImageFormat {
  /** {@code .tif}, {@code .tiff}: one image with its place on Earth. */
  GEOTIFF,
  /** {@code .png}: one image to look at. */
  PNG,
  /** {@code .npy}: any number of images of one size, for Python. */
  NPY;

  /**
   * The format that a name asks for.
   *
   * @throws UnsupportedFormatException if its ending is none of those above
   */
  public static ImageFormat of(Path path) {
    String name = name(path).toLowerCase(Locale.ROOT);
    if (name.endsWith(".tif") || name.endsWith(".tiff")) {
      return GEOTIFF;
    }
    if (name.endsWith(".png")) {
      return PNG;
    }
    if (name.endsWith(".npy")) {
      return NPY;
    }
    throw new UnsupportedFormatException(
        "The ending of '"
            + path
            + "' is not a known format: use .tif or .tiff (GeoTIFF), .png or .npy (NumPy).");
  }

  /** A file beside another: the same name with another ending. */
  static Path beside(Path path, String ending) {
    return path.resolveSibling(name(path).replaceFirst("\\.[^.]*$", "") + ending);
  }

  private static String name(Path path) {
    return path.getFileName() == null ? "" : path.getFileName().toString();
  }
}
