package org.sardiffusion.geo.internal.picture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.raster.DetectedRaster;
import org.sardiffusion.geo.raster.ElementType;
import org.sardiffusion.geo.raster.Encoding;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterMetadata;
import org.sardiffusion.geo.raster.RowSource;

/**
 * Opens grey JPEG pictures as amplitudes, 0 to 255; of one in colour, the luminance.
 *
 * <p>JPEG has no rows to read alone, so the picture is held as a whole, one byte per pixel. It is
 * lossy: fit for training pictures, not for measurements.
 */
public final class JpegRaster {
  private static final long LARGEST = 1L << 28;

  /** A block of 64 pixels takes a bit at least. */
  private static final long PIXELS_PER_BYTE = 512;

  private JpegRaster() {}

  /** Whether a file begins as a JPEG does. */
  public static boolean begins(byte[] start) {
    return start.length >= 3
        && start[0] == (byte) 0xFF
        && start[1] == (byte) 0xD8
        && start[2] == (byte) 0xFF;
  }

  /**
   * Opens a file.
   *
   * @throws MalformedFileException if it is broken, cut short, too large or of a kind that is not
   *     read
   * @throws IOException if it cannot be read
   */
  public static Raster open(Path path) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    try (FileImageInputStream stream = new FileImageInputStream(path.toFile())) {
      reader.setInput(stream, true, true);
      checkSize(path, reader.getWidth(0), reader.getHeight(0));
      java.awt.image.Raster pixels = reader.readRaster(0, null);
      if (!warnings.isEmpty()) {
        throw new MalformedFileException(path, "it is damaged: " + warnings.get(0) + ".");
      }
      return new DetectedRaster(
          held(path, pixels), RasterMetadata.bare(path, Encoding.plain("JPEG", ElementType.UINT8)));
    } catch (IOException | RuntimeException e) {
      if (e instanceof MalformedFileException malformed) {
        throw malformed;
      }
      throw new MalformedFileException(path, "it is not a valid JPEG (" + e.getMessage() + ").", e);
    } finally {
      reader.dispose();
    }
  }

  private static void checkSize(Path path, long width, long height) throws IOException {
    long pixels = width * height;
    if (pixels > LARGEST || pixels / PIXELS_PER_BYTE > Files.size(path)) {
      throw new MalformedFileException(
          path,
          "it claims "
              + width
              + "x"
              + height
              + " pixels, too many for a JPEG of "
              + Files.size(path)
              + " bytes or to be held. Convert it with gdal_translate IN.jpg OUT.tif.");
    }
  }

  /** The first band: grey, or the luminance of YCbCr, which is how a JPEG stores colours. */
  private static Held held(Path path, java.awt.image.Raster pixels) {
    int bands = pixels.getNumBands();
    if (bands != 1 && bands != 3) {
      throw new MalformedFileException(path, "it has " + bands + " bands; a grey one is read.");
    }
    int width = pixels.getWidth();
    byte[] grey = new byte[width * pixels.getHeight()];
    int[] row = new int[width];
    for (int y = 0; y < pixels.getHeight(); y++) {
      pixels.getSamples(0, y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        grey[y * width + x] = (byte) row[x];
      }
    }
    return new Held(width, pixels.getHeight(), grey);
  }

  private record Held(int width, int height, byte[] grey) implements RowSource {
    @Override
    public int valuesPerPixel() {
      return 1;
    }

    @Override
    public void read(int firstRow, int rows, float[] into) {
      for (int i = 0; i < rows * width; i++) {
        into[i] = grey[firstRow * width + i] & 0xFF;
      }
    }

    @Override
    public void close() {
      // The file was closed once it was read.
    }
  }
}
