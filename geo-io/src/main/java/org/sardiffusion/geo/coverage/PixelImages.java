package org.sardiffusion.geo.coverage;

import java.awt.Point;
import java.awt.Rectangle;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BandedSampleModel;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferFloat;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.RenderedImage;
import java.awt.image.SampleModel;
import java.awt.image.WritableRaster;
import javax.media.jai.ImageLayout;
import javax.media.jai.PlanarImage;
import javax.media.jai.SourcelessOpImage;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.AmplitudeSource;

/** Rows of numbers as Java's images. */
final class PixelImages {
  private static final int STRIP_ROWS = 64;

  private PixelImages() {}

  /** One in memory shares its samples. */
  static RenderedImage of(AmplitudeSource image) {
    if (image instanceof AmplitudeRaster raster) {
      SampleModel layout =
          new BandedSampleModel(DataBuffer.TYPE_FLOAT, raster.width(), raster.height(), 1);
      WritableRaster pixels =
          Raster.createWritableRaster(
              layout,
              new DataBufferFloat(raster.samples(), raster.samples().length),
              new Point(0, 0));
      return new BufferedImage(grey(), pixels, false, null);
    }
    return new RowImage(image.width(), image.height(), 1, image::readRows);
  }

  /** Complex samples are two bands. */
  static RenderedImage of(org.sardiffusion.geo.raster.Raster raster) {
    return new RowImage(raster.width(), raster.height(), 2, raster::readRows);
  }

  private static ColorModel grey() {
    return new ComponentColorModel(
        ColorSpace.getInstance(ColorSpace.CS_GRAY),
        false,
        false,
        Transparency.OPAQUE,
        DataBuffer.TYPE_FLOAT);
  }

  /** Reads rows into an array, all values of a pixel in turn. */
  @FunctionalInterface
  private interface Rows {
    void read(int firstRow, int rows, float[] into);
  }

  /** Tiles are strips of rows, read when they are asked for. */
  @SuppressWarnings("unchecked") // JAI has raw types.
  private static final class RowImage extends SourcelessOpImage {
    private final Rows source;
    private final int bands;

    RowImage(int width, int height, int bands, Rows source) {
      super(layout(width, height, bands), null, model(width, height, bands), 0, 0, width, height);
      this.source = source;
      this.bands = bands;
    }

    private static ImageLayout layout(int width, int height, int bands) {
      int rows = Math.min(STRIP_ROWS, height);
      ImageLayout layout = new ImageLayout(0, 0, width, height, 0, 0, width, rows, null, null);
      layout.setSampleModel(model(width, rows, bands));
      return bands == 1 ? layout.setColorModel(grey()) : layout;
    }

    private static SampleModel model(int width, int height, int bands) {
      int[] offsets = new int[bands];
      for (int i = 0; i < bands; i++) {
        offsets[i] = i;
      }
      return new PixelInterleavedSampleModel(
          DataBuffer.TYPE_FLOAT,
          width,
          Math.min(STRIP_ROWS, height),
          bands,
          width * bands,
          offsets);
    }

    /** Rasters are read by one thread at a time. */
    @Override
    protected synchronized void computeRect(
        PlanarImage[] sources, WritableRaster to, Rectangle area) {
      float[] strip = new float[Math.multiplyExact(width * bands, area.height)];
      source.read(area.y, area.height, strip);
      to.setPixels(0, area.y, width, area.height, strip);
    }
  }
}
