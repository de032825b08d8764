package org.sardiffusion.evaluation.augmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sardiffusion.evaluation.Goldens;
import org.sardiffusion.evaluation.internal.crops.CropMeasures;
import org.sardiffusion.evaluation.internal.crops.ImageCrops;
import org.sardiffusion.evaluation.internal.crops.SpectralCurves;

/** On rows of scikit-learn's golden classifiers, two rows an image. */
class AugmentationTrialTest {
  private static final SpectralCurves NONE =
      new SpectralCurves(new double[0], new double[0], new double[0]);

  private static List<ImageCrops> images(String name, Map<String, String> labels) {
    JsonNode node = Goldens.json("crop_goldens.json").at("/classifiers/" + name);
    List<ImageCrops> images = new ArrayList<>();
    for (int i = 0; i + 1 < node.get("rows").size(); i += 2) {
      String label = node.get("classes").get(i).asText();
      images.add(
          new ImageCrops(
              name + i,
              List.of(labels.getOrDefault(label, label)),
              List.of(crop(node.get("rows").get(i)), crop(node.get("rows").get(i + 1)))));
    }
    return images;
  }

  private static CropMeasures crop(JsonNode row) {
    return new CropMeasures(
        IntStream.range(0, row.size()).mapToDouble(k -> row.get(k).asDouble()).toArray(), NONE);
  }

  private static Augmentation of(List<ImageCrops> real, List<ImageCrops> generated) {
    return new AugmentationTrial(AugmentationSettings.defaults()).of(real, generated).orElseThrow();
  }

  private static double balanced(Augmentation trial, Training training) {
    return trial.recognition().get(training).balanced();
  }

  @Test
  void imagesOfTheSameKindAreWorthAsMuchAsRealOnes() {
    Augmentation trial = of(images("test", Map.of()), images("learn", Map.of()));
    assertEquals(300, trial.real());
    assertEquals(60, trial.generated());
    double real = balanced(trial, Training.REAL);
    assertTrue(real > 0.7, "" + trial);
    assertEquals(real, balanced(trial, Training.GENERATED), 0.08);
    assertEquals(real, balanced(trial, Training.BOTH), 0.04);
  }

  @Test
  void falselyLabelledImagesTeachNothing() {
    Map<String, String> turned =
        new TreeMap<>(Map.of("field", "forest", "forest", "road", "road", "field"));
    Augmentation trial = of(images("test", Map.of()), images("learn", turned));
    assertTrue(balanced(trial, Training.GENERATED) < 0.33, "" + trial);
    assertTrue(balanced(trial, Training.REAL) > 0.7, "" + trial);
  }

  @Test
  void labelsThatOneSetLacksAreLeftOut() {
    Augmentation trial =
        of(images("test", Map.of()), images("learn", Map.of("road", "another road")));
    assertEquals(
        Set.of("field", "forest"), trial.recognition().get(Training.REAL).byLabel().keySet());
    assertEquals(250, trial.real());
    assertEquals(50, trial.generated());
  }

  @Test
  void oneLabelAloneIsNoQuestion() {
    assertEquals(
        Optional.empty(),
        new AugmentationTrial(AugmentationSettings.defaults())
            .of(
                images("test", Map.of()),
                images("learn", Map.of("road", "all", "forest", "wood"))));
  }
}
