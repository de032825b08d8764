package org.sardiffusion.evaluation.internal.crops;

import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * A square part of an image whose pixels all have data.
 *
 * @param side pixels
 * @param amplitude in [0,1], row by row, on 256 grey levels: what an 8-bit file keeps, so that no
 *     format gives an image away
 * @param relative the same over its mean
 */
record Crop(int side, float[] amplitude, double[] relative) {
  /** Means below this are darkness, which nothing is divided by. */
  private static final double DARKEST = 1e-3;

  /**
   * The crops on a centred grid that lie where the image has data.
   *
   * @param stride from one crop to the next, pixels
   * @param most crops to take; of more, as many that are evenly spread
   */
  static List<Crop> of(AmplitudeRaster image, int side, int stride, int most) {
    List<int[]> places = new ArrayList<>();
    // Written so that images smaller than a crop have none.
    for (int y = margin(image.height(), side, stride); y + side <= image.height(); y += stride) {
      for (int x = margin(image.width(), side, stride); x + side <= image.width(); x += stride) {
        if (hasData(image, x, y, side)) {
          places.add(new int[] {x, y});
        }
      }
    }
    int count = Math.min(most, places.size());
    List<Crop> crops = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      int[] place = places.get((int) ((long) k * places.size() / count));
      crops.add(at(image, place[0], place[1], side));
    }
    return crops;
  }

  private static int margin(int length, int side, int stride) {
    return Math.max(0, length - side) % stride / 2;
  }

  private static boolean hasData(AmplitudeRaster image, int x, int y, int side) {
    for (int row = y; row < y + side; row++) {
      for (int i = row * image.width() + x; i < row * image.width() + x + side; i++) {
        if (Float.isNaN(image.samples()[i])) {
          return false;
        }
      }
    }
    return true;
  }

  private static Crop at(AmplitudeRaster image, int x, int y, int side) {
    float[] amplitude = new float[side * side];
    double sum = 0;
    for (int i = 0; i < amplitude.length; i++) {
      float sample = image.samples()[(y + i / side) * image.width() + x + i % side];
      amplitude[i] = (float) Math.floor(sample * 255.0 + 0.5) / 255;
      sum += amplitude[i];
    }
    double mean = Math.max(DARKEST, sum / amplitude.length);
    double[] relative = new double[amplitude.length];
    for (int i = 0; i < relative.length; i++) {
      relative[i] = amplitude[i] / mean;
    }
    return new Crop(side, amplitude, relative);
  }

  /** {@link #relative} less its mean. */
  double[] centred() {
    double sum = 0;
    for (double v : relative) {
      sum += v;
    }
    double mean = sum / relative.length;
    double[] centred = new double[relative.length];
    for (int i = 0; i < centred.length; i++) {
      centred[i] = relative[i] - mean;
    }
    return centred;
  }
}
