package org.sardiffusion.training.internal.dataset;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.conditioning.ComplexSource;
import org.sardiffusion.core.raster.AmplitudeSource;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.ElementType;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.Spacing;

/**
 * One source, opened: complex or amplitude. Pixels without data come as zeros, and are noted.
 *
 * <p>Without data is what the file marks so, what is not finite, an amplitude that the user named,
 * and a complex pixel that is exactly zero, as mosaics and the borders of focused images have.
 */
public final class SourceImage implements AutoCloseable {
  private final Raster raster;
  private final float missing;
  private final NodataMask nodata;

  private SourceImage(Raster raster, float missing) {
    this.raster = raster;
    this.missing = missing;
    nodata = new NodataMask(raster.width(), raster.height());
  }

  /**
   * @param nodata the amplitude that means "no data", besides what the file says
   * @throws org.sardiffusion.core.SarDiffusionException if the file cannot be read
   */
  public static SourceImage open(Path file, OptionalDouble nodata) {
    return new SourceImage(Rasters.open(file), (float) nodata.orElse(Double.NaN));
  }

  public int width() {
    return raster.width();
  }

  public int height() {
    return raster.height();
  }

  public boolean isComplex() {
    return raster instanceof ComplexRaster;
  }

  public Optional<Spacing> spacing() {
    return raster.metadata().spacing();
  }

  /** Pixels without data among those read so far. */
  public NodataMask nodata() {
    return nodata;
  }

  /** Of a complex image. */
  public ComplexSource complex() {
    return new Complex();
  }

  /** Of an amplitude image. */
  public AmplitudeSource amplitude() {
    return new Amplitude();
  }

  @Override
  public void close() {
    raster.close();
  }

  private final class Complex implements ComplexSource {
    // Quantised samples are exactly zero in the shadows of any image; there it means nothing.
    private final boolean zeroIsMissing = !isInteger(raster.metadata().encoding().type());

    @Override
    public int width() {
      return raster.width();
    }

    @Override
    public int height() {
      return raster.height();
    }

    @Override
    public void readRows(int firstRow, int rows, float[] into) {
      raster.readRows(firstRow, rows, into);
      for (int i = 0; i < rows * width(); i++) {
        float re = into[2 * i];
        float im = into[2 * i + 1];
        if (re != re || im != im) {
          into[2 * i] = 0;
          into[2 * i + 1] = 0;
          nodata.mark(i % width(), firstRow + i / width());
        } else if (zeroIsMissing && re == 0 && im == 0) {
          nodata.mark(i % width(), firstRow + i / width());
        }
      }
    }

    private boolean isInteger(ElementType type) {
      return type.maximum().isPresent();
    }
  }

  private final class Amplitude implements AmplitudeSource {
    @Override
    public int width() {
      return raster.width();
    }

    @Override
    public int height() {
      return raster.height();
    }

    @Override
    public void readRows(int firstRow, int rows, float[] into) {
      raster.readRows(firstRow, rows, into);
      for (int i = 0; i < rows * width(); i++) {
        if (into[i] != into[i] || into[i] == missing) {
          into[i] = 0;
          nodata.mark(i % width(), firstRow + i / width());
        }
      }
    }
  }
}
