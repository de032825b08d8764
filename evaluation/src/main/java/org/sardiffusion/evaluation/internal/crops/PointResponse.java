package org.sardiffusion.evaluation.internal.crops;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * How wide a bright point is.
 *
 * <p>A bright point is the only largest pixel of the 5 x 5 around it, does not saturate, and has at
 * least 8 times (9 dB) the mean intensity of the 17 x 17 pixels around it, which all have data: of
 * fully developed speckle, one look, one pixel of 3000 has as much.
 *
 * @param alongX pixels between the places on its row where the intensity falls to half, linearly
 *     interpolated
 * @param alongY the same on its column
 */
public record PointResponse(double alongX, double alongY) {
  private static final int REACH = 8;
  private static final int NEAR = 2;
  private static final double CONTRAST = 8;
  private static final double SATURATION = 254.5 / 255;

  /** The bright points of an image whose sides can both be told. */
  public static List<PointResponse> in(AmplitudeRaster image) {
    List<PointResponse> points = new ArrayList<>();
    for (int y = REACH; y < image.height() - REACH; y++) {
      for (int x = REACH; x < image.width() - REACH; x++) {
        if (isPeak(image, x, y) && standsOut(image, x, y)) {
          OptionalDouble alongX = width(image, x, y, 1, 0);
          OptionalDouble alongY = width(image, x, y, 0, 1);
          if (alongX.isPresent() && alongY.isPresent()) {
            points.add(new PointResponse(alongX.getAsDouble(), alongY.getAsDouble()));
          }
        }
      }
    }
    return points;
  }

  private static boolean isPeak(AmplitudeRaster image, int x, int y) {
    float peak = image.at(x, y);
    if (!(peak < SATURATION)) {
      return false;
    }
    for (int dy = -NEAR; dy <= NEAR; dy++) {
      for (int dx = -NEAR; dx <= NEAR; dx++) {
        // Written so that a neighbour without data is no lower one.
        if ((dx != 0 || dy != 0) && !(image.at(x + dx, y + dy) < peak)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean standsOut(AmplitudeRaster image, int x, int y) {
    double sum = 0;
    for (int dy = -REACH; dy <= REACH; dy++) {
      for (int dx = -REACH; dx <= REACH; dx++) {
        sum += intensity(image, x + dx, y + dy);
      }
    }
    double mean = sum / ((2 * REACH + 1) * (2 * REACH + 1));
    // NaN, no data, is not enough either.
    return intensity(image, x, y) >= CONTRAST * mean;
  }

  private static OptionalDouble width(AmplitudeRaster image, int x, int y, int stepX, int stepY) {
    double forwards = half(image, x, y, stepX, stepY);
    double backwards = half(image, x, y, -stepX, -stepY);
    return Double.isNaN(forwards + backwards)
        ? OptionalDouble.empty()
        : OptionalDouble.of(forwards + backwards);
  }

  /** How far it is to half the intensity of the peak; NaN if it is farther than can be looked. */
  private static double half(AmplitudeRaster image, int x, int y, int stepX, int stepY) {
    double half = intensity(image, x, y) / 2;
    double last = 2 * half;
    for (int k = 1; k <= REACH; k++) {
      double next = intensity(image, x + k * stepX, y + k * stepY);
      if (next <= half) {
        return k - (half - next) / (last - next);
      }
      last = next;
    }
    return Double.NaN;
  }

  private static double intensity(AmplitudeRaster image, int x, int y) {
    double a = image.at(x, y);
    return a * a;
  }
}
