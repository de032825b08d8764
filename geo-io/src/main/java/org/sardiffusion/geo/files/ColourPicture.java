package org.sardiffusion.geo.files;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.internal.picture.JpegRaster;
import org.sardiffusion.geo.internal.picture.PngRaster;
import org.sardiffusion.geo.internal.tiff.TiffRaster;

/**
 * A picture in colours: PNG, JPEG or TIFF, of 8 or 16 bits, with or without a palette or an alpha
 * channel, which is passed over.
 *
 * @param width columns
 * @param height rows
 * @param planes red, green and blue, plane by plane, row by row from the top, in [0,1]: stored
 *     numbers divided by the largest, as Pillow and diffusers have them
 */
public record ColourPicture(int width, int height, float[] planes) {
  private static final int CHANNELS = 3;
  private static final int LONGEST_START = 16;
  private static final long LARGEST = 1L << 25;

  /** No codec of these packs more tightly. */
  private static final long PIXELS_PER_BYTE = 8 * 1032;

  /**
   * Reads a picture.
   *
   * @return empty if the file is of one channel, or no such picture
   * @throws MalformedFileException if it is in colours but broken, cut short or too large
   */
  public static Optional<ColourPicture> read(Path path) {
    try {
      Optional<String> format = format(path);
      return format.isPresent() ? read(path, format.get()) : Optional.empty();
    } catch (IOException e) {
      throw new MalformedFileException(path, e.getMessage() + ".", e);
    }
  }

  private static Optional<String> format(Path path) throws IOException {
    byte[] start;
    try (InputStream bytes = Files.newInputStream(path)) {
      start = bytes.readNBytes(LONGEST_START);
    }
    if (PngRaster.begins(start)) {
      return Optional.of("png");
    }
    if (JpegRaster.begins(start)) {
      return Optional.of("jpeg");
    }
    return TiffRaster.begins(start) ? Optional.of("tiff") : Optional.empty();
  }

  private static Optional<ColourPicture> read(Path path, String format) {
    ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
    try (FileImageInputStream stream = new FileImageInputStream(path.toFile())) {
      reader.setInput(stream, true, true);
      if (!isColour(reader)) {
        return Optional.empty();
      }
      long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
      if (pixels > LARGEST || pixels / PIXELS_PER_BYTE > Files.size(path)) {
        throw new MalformedFileException(
            path,
            "it claims "
                + reader.getWidth(0)
                + "x"
                + reader.getHeight(0)
                + " pixels, more than a control image can have or its "
                + Files.size(path)
                + " bytes can hold.");
      }
      return Optional.of(of(reader.read(0)));
    } catch (IOException | RuntimeException e) {
      if (e instanceof MalformedFileException malformed) {
        throw malformed;
      }
      throw new MalformedFileException(
          path, "it is not a valid " + format.toUpperCase(java.util.Locale.ROOT) + " picture.", e);
    } finally {
      reader.dispose();
    }
  }

  /** What a reader can't make a picture of, such as float32, is for the readers of rasters. */
  private static boolean isColour(ImageReader reader) {
    try {
      Iterator<javax.imageio.ImageTypeSpecifier> types = reader.getImageTypes(0);
      if (!types.hasNext()) {
        return false;
      }
      javax.imageio.ImageTypeSpecifier type = types.next();
      return type.getNumBands() >= CHANNELS || type.getColorModel() instanceof IndexColorModel;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  private static ColourPicture of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int size = width * height;
    float[] planes = new float[CHANNELS * size];
    if (image.getColorModel() instanceof IndexColorModel) {
      for (int i = 0; i < size; i++) {
        int colour = image.getRGB(i % width, i / width);
        for (int c = 0; c < CHANNELS; c++) {
          planes[c * size + i] = (colour >> (16 - 8 * c) & 0xFF) / 255f;
        }
      }
      return new ColourPicture(width, height, planes);
    }
    Raster raster = image.getRaster();
    float[] row = new float[width];
    for (int c = 0; c < CHANNELS; c++) {
      float full = (1 << raster.getSampleModel().getSampleSize(c)) - 1;
      for (int y = 0; y < height; y++) {
        raster.getSamples(0, y, width, 1, c, row);
        for (int x = 0; x < width; x++) {
          planes[c * size + y * width + x] = row[x] / full;
        }
      }
    }
    return new ColourPicture(width, height, planes);
  }
}
