package org.sardiffusion.geo.place;

import java.util.Arrays;
import org.geotools.api.referencing.FactoryException;
import org.geotools.api.referencing.operation.MathTransform;
import org.geotools.api.referencing.operation.TransformException;
import org.geotools.referencing.CRS;

/** Takes points from one coordinate system to another, x (or longitude) first in both. */
public final class CoordinateConversion {
  private final MathTransform transform;

  private CoordinateConversion(MathTransform transform) {
    this.transform = transform;
  }

  /**
   * The way between two coordinate systems.
   *
   * @throws PlacementException if none is known
   */
  public static CoordinateConversion between(Crs from, Crs to) {
    try {
      // Lenient: without it GeoTools refuses datums whose shift parameters the register lacks; the
      // shift then left out is at most some metres.
      return new CoordinateConversion(CRS.findMathTransform(from.system(), to.system(), true));
    } catch (FactoryException e) {
      throw new PlacementException(
          "No conversion is known from "
              + from.codeAndName()
              + " to "
              + to.codeAndName()
              + ": convert the file first.",
          e);
    }
  }

  /**
   * Converts points.
   *
   * @param points x and y in turn
   * @return likewise; both are NaN for a point where one of the systems is undefined
   */
  public double[] convert(double... points) {
    double[] result = new double[points.length];
    try {
      transform.transform(points, 0, result, 0, points.length / 2);
    } catch (TransformException e) {
      // Of several points, GeoTools leaves open which of them was the bad one.
      oneByOne(points, result);
    }
    for (int i = 0; i < result.length; i += 2) {
      if (!Double.isFinite(result[i]) || !Double.isFinite(result[i + 1])) {
        Arrays.fill(result, i, i + 2, Double.NaN);
      }
    }
    return result;
  }

  private void oneByOne(double[] points, double[] result) {
    for (int i = 0; i < points.length; i += 2) {
      try {
        transform.transform(points, i, result, i, 1);
      } catch (TransformException e) {
        Arrays.fill(result, i, i + 2, Double.NaN);
      }
    }
  }
}
