package org.sardiffusion.geo.tiff;

import it.geosolutions.imageio.plugins.tiff.BaselineTIFFTagSet;
import it.geosolutions.imageio.plugins.tiff.TIFFField;
import it.geosolutions.imageio.plugins.tiff.TIFFImageWriteParam;
import it.geosolutions.imageio.plugins.tiff.TIFFTag;
import it.geosolutions.imageioimpl.plugins.tiff.TIFFIFD;
import it.geosolutions.imageioimpl.plugins.tiff.TIFFImageMetadata;
import it.geosolutions.imageioimpl.plugins.tiff.TIFFImageWriterSpi;
import it.geosolutions.imageioimpl.plugins.tiff.TIFFStreamMetadata;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BandedSampleModel;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferFloat;
import java.awt.image.DataBufferUShort;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.FileImageOutputStream;
import org.sardiffusion.geo.AmplitudeImage;
import org.sardiffusion.geo.PixelCoding;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.AffineGrid;

/**
 * Writes an amplitude image as a tiled GeoTIFF of one band.
 *
 * <p>It drives GeoTools' TIFF plug-in directly and sets the tags itself: GeoTools' own {@code
 * GeoTiffWriter} loses GDAL_METADATA and a NaN nodata value, refuses images without a coordinate
 * system, and searches the whole class path for plug-ins first.
 */
public final class GeoTiffEncoder {
  private static final int TILE = 512;
  private static final int TILE_STEP = 16;

  /** Offsets in a classic TIFF have 32 bits. */
  private static final long CLASSIC_LIMIT = (1L << 32) - 1;

  /**
   * A generous bound for what incompressible data adds: zlib, LZW and ZSTD, the worst being LZW.
   */
  private static final double WORST_EXPANSION = 1.5;

  private static final int TAGS_BYTES = 16 * 1024;

  private final long classicLimit;

  public GeoTiffEncoder() {
    this(CLASSIC_LIMIT);
  }

  /** With another limit, above which BigTIFF is written: tests cannot write 4 GB. */
  GeoTiffEncoder(long classicLimit) {
    this.classicLimit = classicLimit;
  }

  /**
   * An upper bound of a file's size.
   *
   * @return bytes
   */
  public static long sizeBound(AmplitudeImage image, Provenance provenance, TiffSettings settings) {
    int tileWidth = tile(image.width());
    int tileHeight = tile(image.height());
    long across = (image.width() + tileWidth - 1) / tileWidth;
    long down = (image.height() + tileHeight - 1) / tileHeight;
    double pixels =
        (double) across * down * tileWidth * tileHeight * settings.coding().type().bytes();
    double expansion = settings.compression() == Compression.NONE ? 1 : WORST_EXPANSION;
    long text = 8L * (provenance.prompt().length() + provenance.recipe().length());
    return (long) (pixels * expansion) + TAGS_BYTES + text;
  }

  /**
   * Writes the file.
   *
   * @param file an existing file, overwritten
   * @param image the amplitudes
   * @param placement its place; without a coordinate system the file holds the pixel size only
   * @param provenance what the file says about its making
   * @param settings how it is stored
   * @throws org.sardiffusion.geo.UnsupportedFormatException if pixels without data have no value to
   *     be stored as
   */
  public void encode(
      Path file,
      AmplitudeImage image,
      AffineGrid placement,
      Provenance provenance,
      TiffSettings settings)
      throws IOException {
    BufferedImage pixels = pixels(image, settings.coding());
    ImageWriter writer = new TIFFImageWriterSpi().createWriterInstance();
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw");
        FileImageOutputStream stream = new FileImageOutputStream(bytes)) {
      bytes.setLength(0);
      TIFFImageWriteParam layout = layout(writer, image, settings);
      layout.setForceToBigTIFF(sizeBound(image, provenance, settings) > classicLimit);
      TIFFStreamMetadata header = (TIFFStreamMetadata) writer.getDefaultStreamMetadata(layout);
      header.byteOrder = ByteOrder.LITTLE_ENDIAN;
      TIFFImageMetadata metadata =
          (TIFFImageMetadata)
              writer.getDefaultImageMetadata(
                  ImageTypeSpecifier.createFromRenderedImage(pixels), layout);
      GeoTiffTags tags = new GeoTiffTags(new PluginDirectory(metadata.getRootIFD()));
      tags.place(placement, image.width(), image.height());
      tags.describe(provenance, settings, Map.of());
      writer.setOutput(stream);
      writer.write(header, new IIOImage(pixels, null, metadata), layout);
    } finally {
      writer.dispose();
    }
  }

  private static TIFFImageWriteParam layout(
      ImageWriter writer, AmplitudeImage image, TiffSettings settings) {
    TIFFImageWriteParam layout = (TIFFImageWriteParam) writer.getDefaultWriteParam();
    layout.setTilingMode(ImageWriteParam.MODE_EXPLICIT);
    layout.setTiling(tile(image.width()), tile(image.height()), 0, 0);
    if (settings.compression() == Compression.NONE) {
      layout.setCompressionMode(ImageWriteParam.MODE_DISABLED);
    } else {
      layout.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      if (settings.compression() == Compression.DEFLATE) {
        layout.setTIFFCompressor(new DeflateCompressor());
      }
      layout.setCompressionType(settings.compression().pluginName());
    }
    return layout;
  }

  /** Tiles of a small image are as small as the standard allows: multiples of 16. */
  static int tile(int length) {
    return Math.min(TILE, (length + TILE_STEP - 1) / TILE_STEP * TILE_STEP);
  }

  private static BufferedImage pixels(AmplitudeImage image, PixelCoding coding) {
    DataBuffer buffer =
        switch (coding.type()) {
          case FLOAT32 -> floats(image, coding);
          case UINT16 -> shorts(image, coding);
          case UINT8 -> bytes(image, coding);
        };
    SampleModel layout =
        new BandedSampleModel(buffer.getDataType(), image.width(), image.height(), 1);
    ComponentColorModel grey =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY),
            false,
            false,
            Transparency.OPAQUE,
            buffer.getDataType());
    return new BufferedImage(grey, Raster.createWritableRaster(layout, buffer, null), false, null);
  }

  private static DataBuffer floats(AmplitudeImage image, PixelCoding coding) {
    float[] stored = new float[image.samples().length];
    for (int i = 0; i < stored.length; i++) {
      stored[i] = coding.stored(image.samples()[i]);
    }
    return new DataBufferFloat(stored, stored.length);
  }

  private static DataBuffer shorts(AmplitudeImage image, PixelCoding coding) {
    short[] stored = new short[image.samples().length];
    for (int i = 0; i < stored.length; i++) {
      stored[i] = (short) (int) coding.stored(image.samples()[i]);
    }
    return new DataBufferUShort(stored, stored.length);
  }

  private static DataBuffer bytes(AmplitudeImage image, PixelCoding coding) {
    byte[] stored = new byte[image.samples().length];
    for (int i = 0; i < stored.length; i++) {
      stored[i] = (byte) (int) coding.stored(image.samples()[i]);
    }
    return new DataBufferByte(stored, stored.length);
  }

  /** The plug-in's directory of one image. */
  private record PluginDirectory(TIFFIFD directory) implements TagSink {
    @Override
    public void doubles(int tag, double... values) {
      add(tag, TIFFTag.TIFF_DOUBLE, values.length, values);
    }

    @Override
    public void shorts(int tag, int... values) {
      char[] unsigned = new char[values.length];
      for (int i = 0; i < values.length; i++) {
        unsigned[i] = (char) values[i];
      }
      add(tag, TIFFTag.TIFF_SHORT, values.length, unsigned);
    }

    @Override
    public void text(int tag, String text) {
      // The plug-in writes the low byte of each char: hand it UTF-8 that way, as GDAL writes it.
      String utf8 = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      add(tag, TIFFTag.TIFF_ASCII, 1, new String[] {utf8});
    }

    private void add(int number, int type, int count, Object data) {
      TIFFTag known = BaselineTIFFTagSet.getInstance().getTag(number);
      TIFFTag tag = known == null ? new TIFFTag("Tag" + number, number, 1 << type) : known;
      directory.addTIFFField(new TIFFField(tag, type, count, data));
    }
  }
}
