package org.sardiffusion.geo.raster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.place.PlacementException;

class AffineGridTest {
  @Test
  void looksUpWhateverTheCase() {
    Crs crs = Crs.of(" epsg:32631 ");
    assertEquals("EPSG:32631", crs.code());
    assertEquals("WGS 84 / UTM zone 31N", crs.name());
    assertFalse(crs.isGeographic());
    assertTrue(crs.isMetric());
    assertEquals(Crs.of("EPSG:32631"), crs);
  }

  @Test
  void feetAreNotMetres() {
    assertFalse(Crs.of("EPSG:2263").isMetric());
    assertFalse(Crs.of("EPSG:4326").isMetric());
    assertTrue(Crs.of("EPSG:4326").isGeographic());
  }

  @ParameterizedTest
  @CsvSource({
    "EPSG:99999, no coordinate system EPSG:99999",
    "32631, such as EPSG:32631",
    "urn:ogc:def:crs:EPSG::2154, such as EPSG:2154",
    "utm31, such as EPSG:32631",
    "EPSG:99999999999, written EPSG:N",
    "'', written EPSG:N",
    "EPSG:4979, cannot place an image",
    "EPSG:5773, cannot place an image"
  })
  void saysWhatIsWrongWithACode(String code, String words) {
    assertProblem(() -> Crs.of(code), words);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void aPixelSizeIsPositive(double size) {
    assertProblem(() -> AffineGrid.unreferenced(size), "above 0");
    Crs crs = Crs.of("EPSG:32631");
    assertProblem(() -> AffineGrid.northUp(crs, 0, 0, size), "above 0");
  }

  @Test
  void metresWithAGeographicSystemAreCaughtAndAUtmZoneIsNamed() {
    Crs crs = Crs.of("EPSG:4326");
    assertProblem(() -> AffineGrid.northUp(crs, 2.35, 48.85, 0.4), "EPSG:32631");
    assertProblem(() -> AffineGrid.northUp(crs, 2.35, 48.85, 0.4), "3.6e-06");
    assertProblem(() -> AffineGrid.northUp(crs, 180, -48.85, 0.4), "EPSG:32760");
    assertProblem(() -> AffineGrid.northUp(crs, 500000, 5400000, 4e-6), "longitude first");
    assertEquals(4e-6, AffineGrid.northUp(crs, 2.35, 48.85, 4e-6).pixelWidth());
  }

  @Test
  void anOriginIsFinite() {
    Crs crs = Crs.of("EPSG:32631");
    assertProblem(() -> AffineGrid.northUp(crs, Double.NaN, 0, 1), "finite");
  }

  @Test
  void anImageFarOutsideItsProjectionIsCaught() {
    AffineGrid place = AffineGrid.northUp(Crs.of("EPSG:32631"), 1e9, 1e9, 0.4);
    assertProblem(() -> place.outline(10, 10), "outside the area");
  }

  /** MGI's datum shift does not come back to the millimetre. */
  @Test
  void aPlaceNearTheOriginOfItsSystemIsThere() {
    double[] ring =
        AffineGrid.northUp(Crs.of("EPSG:31256"), 2500, 341000, 0.4).outline(10, 10).orElseThrow();
    assertEquals(16.37, ring[0], 0.01);
    assertEquals(48.21, ring[1], 0.01);
  }

  private static void assertProblem(Executable action, String words) {
    String message = assertThrows(PlacementException.class, action).getMessage();
    assertTrue(message.contains(words), message);
  }
}
