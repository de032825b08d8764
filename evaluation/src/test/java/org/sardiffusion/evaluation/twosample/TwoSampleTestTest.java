package org.sardiffusion.evaluation.twosample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.Goldens;
import org.sardiffusion.evaluation.Speckle;
import org.sardiffusion.evaluation.internal.crops.CropFeatures;
import org.sardiffusion.evaluation.internal.crops.FeatureGroup;
import org.sardiffusion.evaluation.internal.crops.ImageCrops;

class TwoSampleTestTest {
  private static final TwoSampleSettings SETTINGS = new TwoSampleSettings(500, 5, 0.1, 60, 0);

  /**
   * Speckle of many brightnesses with a grating of the given strength every 8 pixels, as a decoder
   * leaves it.
   */
  private static List<ImageCrops> images(int firstSeed, int count, double grating) {
    CropFeatures features = new CropFeatures();
    List<ImageCrops> images = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      AmplitudeRaster speckle = Speckle.of(firstSeed + n, 224, 112);
      float[] samples = speckle.samples().clone();
      double brightness = 0.6 + 0.7 * (n * 37 % 100) / 100;
      for (int i = 0; i < samples.length; i++) {
        samples[i] =
            (float)
                Math.min(
                    1,
                    samples[i]
                        * brightness
                        * (1 + grating * Math.cos(2 * Math.PI * (i % 224) / 8)));
      }
      images.add(
          new ImageCrops(
              "image " + (firstSeed + n),
              List.of("all"),
              features.of(new AmplitudeRaster(224, 112, samples))));
    }
    return images;
  }

  @Test
  void setsOfOneKindCannotBeToldApart() {
    TwoSample same =
        new TwoSampleTest(SETTINGS).between(images(1, 40, 0), images(100, 40, 0)).orElseThrow();
    assertEquals(40, same.images());
    assertEquals(160, same.crops());
    assertTrue(same.logistic().low() < 0.5 && same.logistic().high() > 0.5, "" + same);
    assertTrue(same.trees().low() < 0.5 && same.trees().high() > 0.5, "" + same);
  }

  @Test
  void aGratingIsFoundAndNamed() {
    TwoSample woven =
        new TwoSampleTest(SETTINGS).between(images(1, 40, 0), images(100, 50, 0.15)).orElseThrow();
    assertTrue(woven.logistic().low() > 0.9, "" + woven.logistic());
    assertTrue(woven.trees().low() > 0.9, "" + woven.trees());
    assertTrue(woven.groups().get(FeatureGroup.SPECTRUM).value() > 0.95, "" + woven.groups());
    assertTrue(woven.groups().get(FeatureGroup.AMPLITUDES).value() < 0.95, "" + woven.groups());
    Telltale first = woven.telltales().get(0);
    assertTrue(first.strength() > 0.45, "" + first);
    assertTrue(
        woven.telltales().stream()
            .limit(4)
            .anyMatch(t -> t.feature().name().contains("along rows, period 8")),
        "" + woven.telltales());
  }

  @Test
  void tooFewImagesTellNothing() {
    assertEquals(
        Optional.empty(), new TwoSampleTest(SETTINGS).between(images(1, 4, 0), images(9, 9, 0)));
  }

  @Test
  void areasAreScikitLearns() {
    JsonNode areas = Goldens.json("crop_goldens.json").get("areas");
    assertEquals(
        areas.get("area").asDouble(),
        RocArea.of(values(areas.get("first")), values(areas.get("second"))),
        1e-12);
  }

  private static double[] values(JsonNode node) {
    return IntStream.range(0, node.size()).mapToDouble(i -> node.get(i).asDouble()).toArray();
  }
}
