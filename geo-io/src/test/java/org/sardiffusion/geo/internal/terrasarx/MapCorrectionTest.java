package org.sardiffusion.geo.internal.terrasarx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.LatticeAxis;
import org.sardiffusion.geo.raster.LocationGrid;

class MapCorrectionTest {
  /** At 30 degrees of incidence, half of the power, on both sides of 180 degrees and between. */
  @Test
  void aMapMayLieAcrossTheAntimeridian() throws IOException {
    GridAxis axis = new GridAxis(new LatticeAxis(new double[] {0, 1000}), new double[] {0, 1});
    LocationGrid places =
        new LocationGrid(
            axis.lattice(),
            axis.lattice(),
            new LocationGrid.Nodes(
                new double[] {179.9, 180.1, 179.9, 180.1},
                new double[] {10.1, 10.1, 9.9, 9.9},
                new double[4]));
    GeorefGrid grid = new GeorefGrid(axis, axis, places, new double[] {30, 30, 30, 30});
    Crs crs = Crs.of("EPSG:32660");
    double[] middle = crs.fromLongitudeLatitude(180, 10);
    Affine map = new Affine(middle[0] - 500, 10, 0, middle[1], 0, -10);
    double[] power = new double[100];
    Arrays.fill(power, 4);
    try (MapCorrection correction =
        new MapCorrection(map, crs, grid, new NoiseModel(List.of()), Optional.empty())) {
      correction.apply(0, power);
    }
    for (double value : power) {
      assertEquals(2, value, 1e-9);
    }
  }
}
