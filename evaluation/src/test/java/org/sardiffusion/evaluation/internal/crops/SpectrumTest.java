package org.sardiffusion.evaluation.internal.crops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.Goldens;
import org.sardiffusion.evaluation.Speckle;

class SpectrumTest {
  private static final JsonNode GOLDEN = Goldens.json("crop_goldens.json");

  private static LatticeSpectrum woven(double strength) {
    LatticeSpectrum spectrum = new LatticeSpectrum();
    for (int seed : new int[] {3, 5}) {
      float[] samples = Speckle.of(seed, 230, 200).samples();
      for (int i = 0; i < samples.length; i++) {
        double phase = 2 * Math.PI * (i % 230 / 8.0 + i / 230 / 16.0);
        samples[i] = (float) Math.min(1, samples[i] * (1 + strength * Math.cos(phase)));
      }
      spectrum.add(LatticeSpectrum.of(new AmplitudeRaster(230, 200, samples)));
    }
    return spectrum;
  }

  @Test
  void theStrongestLineIsNumpys() {
    for (String name : List.of("plain", "woven")) {
      JsonNode expected = GOLDEN.at("/lattice/" + name);
      LatticeSpectrum spectrum = woven(name.equals("woven") ? 0.25 : 0);
      LatticeLine line = spectrum.strongest().orElseThrow();
      assertEquals(expected.get("crops").asLong(), spectrum.crops());
      assertEquals(expected.get("db").asDouble(), line.decibels(), 0.01, name);
      assertEquals(expected.get("x").asDouble(), line.periodX(), 1e-9, name);
      assertEquals(expected.get("y").asDouble(), line.periodY(), 1e-9, name);
    }
  }

  @Test
  void whatShowsNoLatticeHasNoLine() {
    assertTrue(LatticeSpectrum.of(Speckle.of(1, 63, 200)).strongest().isEmpty(), "too small");
    AmplitudeRaster flat = new AmplitudeRaster(64, 64, new float[64 * 64]);
    assertTrue(LatticeSpectrum.of(flat).strongest().isEmpty(), "one value");
  }

  /** Bright points of several widths on dim speckle. */
  private static AmplitudeRaster points() {
    int width = 180;
    float[] samples = Speckle.of(11, width, 160).samples();
    int[][] centres = {{30, 40}, {31, 120}, {80, 85}, {120, 30}, {125, 140}, {155, 90}};
    for (int i = 0; i < samples.length; i++) {
      double value = 0.3 * samples[i];
      for (int k = 0; k < centres.length; k++) {
        double dx = (i % width - centres[k][1] - 0.2) / (1 + 0.3 * k);
        double dy = (i / width - centres[k][0] + 0.3) / (2.5 - 0.2 * k);
        value = Math.max(value, 0.9 * Math.exp(-dx * dx - dy * dy));
      }
      samples[i] = (float) value;
    }
    return new AmplitudeRaster(width, 160, samples);
  }

  @Test
  void widthsOfPointsAreScipys() {
    List<PointResponse> found = PointResponse.in(points());
    JsonNode expected = GOLDEN.at("/points/widths");
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < found.size(); i++) {
      assertEquals(expected.get(i).get(0).asDouble(), found.get(i).alongX(), 1e-5);
      assertEquals(expected.get(i).get(1).asDouble(), found.get(i).alongY(), 1e-5);
    }
  }

  @Test
  void pointsThatSaturateOrLieBesideNoDataAreLeftOut() {
    AmplitudeRaster image = points();
    image.samples()[30 * 180 + 40] = 1;
    image.samples()[(80 + 8) * 180 + 85] = Float.NaN;
    assertEquals(GOLDEN.at("/points/widths").size() - 2, PointResponse.in(image).size());
  }

  @Test
  void theBandOfTheRealOnesHoldsTheRealOnes() {
    CropFeatures features = new CropFeatures();
    List<ImageCrops> images =
        List.of(
            new ImageCrops("a", List.of("all"), features.of(Speckle.of(1, 240, 240))),
            new ImageCrops("b", List.of("all"), features.of(Speckle.of(2, 240, 240))));
    SpectralBand band = SpectralBand.of(images, crop -> crop.curves().alongX());
    assertEquals(0, band.shareOutside(band));
    assertEquals(55, band.median().size());
    SpectralBand other = SpectralBand.of(images, crop -> new double[55]);
    assertEquals(1, band.shareOutside(other), "far above");
    assertFalse(SpectralBand.of(List.of(), crop -> new double[0]).shareOutside(band) >= 0);
  }
}
