package org.sardiffusion.evaluation.internal.crops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.Goldens;
import org.sardiffusion.evaluation.Speckle;

class CropFeaturesTest {
  private static final JsonNode GOLDEN = Goldens.json("crop_goldens.json").get("crop");

  @Test
  void featuresAreNumpysAndScikitImages() {
    List<CropMeasures> crops = new CropFeatures().of(Speckle.of(7, 131, 120));
    assertEquals(1, crops.size());
    List<Feature> features = CropFeatures.all();
    double[] values = crops.get(0).features();
    assertEquals(features.size(), values.length);
    assertEquals(GOLDEN.get("features").size(), values.length);
    for (int i = 0; i < values.length; i++) {
      double expected = GOLDEN.get("features").get(i).asDouble();
      assertEquals(
          expected, values[i], 2e-5 * Math.max(1, Math.abs(expected)), "" + features.get(i));
    }
    SpectralCurves curves = crops.get(0).curves();
    assertCurve("radial", curves.radial());
    assertCurve("along_x", curves.alongX());
    assertCurve("along_y", curves.alongY());
  }

  private static void assertCurve(String name, double[] values) {
    JsonNode expected = GOLDEN.at("/curves/" + name);
    assertEquals(expected.size(), values.length);
    for (int i = 0; i < values.length; i++) {
      assertEquals(expected.get(i).asDouble(), values[i], 1e-4, name + " " + i);
    }
  }

  @Test
  void everyFeatureHasANameOfItsOwn() {
    List<Feature> features = CropFeatures.all();
    assertEquals(features.size(), new HashSet<>(features).size());
  }

  @Test
  void cropsLieWhereTheImageHasData() {
    assertEquals(4, new CropFeatures().of(Speckle.of(1, 240, 240)).size());
    assertEquals(4, new CropFeatures().of(Speckle.of(1, 600, 240)).size(), "at most four");
    assertTrue(new CropFeatures().of(Speckle.of(1, 111, 300)).isEmpty(), "smaller than a crop");
    float[] samples = Speckle.of(1, 240, 240).samples();
    samples[20 * 240 + 20] = Float.NaN;
    assertEquals(3, new CropFeatures().of(new AmplitudeRaster(240, 240, samples)).size());
  }

  @Test
  void aBlackImageHasFiniteFeatures() {
    AmplitudeRaster black = new AmplitudeRaster(112, 112, new float[112 * 112]);
    double[] values = new CropFeatures().of(black).get(0).features();
    assertTrue(Arrays.stream(values).allMatch(Double::isFinite), Arrays.toString(values));
  }
}
