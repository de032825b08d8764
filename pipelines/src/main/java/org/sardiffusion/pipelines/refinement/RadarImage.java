package org.sardiffusion.pipelines.refinement;

import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.Spacing;

/**
 * A radar image in memory that is to be refined, such as a simulator makes it.
 *
 * @param pixels in any unit; NaN where there is no data
 * @param spacing of its pixels, metres
 * @param place where they lie
 */
public record RadarImage(Pixels pixels, Spacing spacing, Georeference place) {

  /** Complex samples or amplitudes. */
  public sealed interface Pixels {
    /** Columns. */
    int width();

    /** Rows. */
    int height();
  }

  /** Single-look complex samples: the better choice wherever there are some. */
  public record Complex(ComplexImage image) implements Pixels {
    @Override
    public int width() {
      return image.width();
    }

    @Override
    public int height() {
      return image.height();
    }
  }

  /** Detected amplitudes, at least 0. */
  public record Amplitude(AmplitudeRaster raster) implements Pixels {
    @Override
    public int width() {
      return raster.width();
    }

    @Override
    public int height() {
      return raster.height();
    }
  }
}
