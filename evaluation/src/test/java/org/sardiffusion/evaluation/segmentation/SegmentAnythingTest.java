package org.sardiffusion.evaluation.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.evaluation.Description;
import org.sardiffusion.evaluation.EvaluationException;
import org.sardiffusion.evaluation.Goldens;
import org.sardiffusion.evaluation.Sample;
import org.sardiffusion.evaluation.SampleSet;
import org.sardiffusion.runtime.session.Device;
import org.sardiffusion.runtime.session.SessionSettings;

/** Against segment_anything's generator on the same weights ({@code sam_goldens.py}). */
class SegmentAnythingTest {
  private static final Path MODELS = Path.of("src/test/resources/org/sardiffusion/evaluation/sam");
  private static final SessionSettings CPU =
      new SessionSettings(new Device.Cpu(), OptionalInt.of(1));

  @TempDir Path folder;

  /** The image of the script: its amplitude, three times as bright in a rectangle. */
  private static AmplitudeRaster image() {
    AmplitudeRaster real = Goldens.image("real.npy");
    int width = real.width();
    float[] samples = Arrays.copyOf(real.samples(), 70 * width);
    for (int y = 10; y < 50; y++) {
      for (int x = 20; x < 75; x++) {
        samples[y * width + x] = Math.min(1, samples[y * width + x] * 3);
      }
    }
    return new AmplitudeRaster(width, 70, samples);
  }

  private static List<SegmentMask> masks(String model, SamSettings settings) {
    try (Cancellation cancellation = new Cancellation();
        SegmentAnything sam =
            SegmentAnything.open(MODELS.resolve(model), settings, CPU, cancellation)) {
      return sam.masks(image());
    }
  }

  private static void assertMask(JsonNode expected, SegmentMask mask, int index) {
    String name = "mask " + index;
    assertEquals(expected.get("predicted_iou").floatValue(), mask.predictedIou(), 1e-5f, name);
    assertEquals(expected.get("stability").floatValue(), mask.stability(), 1e-3f, name);
    assertEquals(expected.get("area").intValue(), mask.area(), 2, name);
    JsonNode box = expected.get("box");
    int[] sides = {
      mask.box().xmin(),
      mask.box().ymin(),
      mask.box().xmax() - mask.box().xmin(),
      mask.box().ymax() - mask.box().ymin()
    };
    for (int i = 0; i < sides.length; i++) {
      assertEquals(box.get(i).intValue(), sides[i], name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"official", "transformers"})
  void findsTheMasksThatSegmentAnythingFinds(String model) throws IOException {
    JsonNode goldens = Goldens.json("sam/goldens.json");
    JsonNode golden = goldens.get(model);
    int grid = goldens.get("grid").intValue();

    List<SegmentMask> every = masks(model, new SamSettings(grid, -1e9, -1, 1));
    assertEquals(golden.get("unfiltered").size(), every.size());
    for (int i = 0; i < every.size(); i++) {
      assertMask(golden.get("unfiltered").get(i), every.get(i), i);
    }

    List<SegmentMask> kept =
        masks(
            model,
            new SamSettings(
                grid,
                golden.get("predicted_iou").doubleValue(),
                golden.get("stability").doubleValue(),
                golden.get("box_nms").doubleValue()));
    assertEquals(golden.get("masks").size(), kept.size());
    assertTrue(kept.size() > 1 && kept.size() < every.size(), "the filters do something");
    for (int i = 0; i < kept.size(); i++) {
      JsonNode expected = golden.get("masks").get(i);
      assertMask(expected, kept.get(i), i);
      BitSet difference = pixels(expected.get("edges"));
      difference.xor(kept.get(i).inside());
      assertTrue(difference.cardinality() <= 2, "mask " + i + ": " + difference);
    }
  }

  private static BitSet pixels(JsonNode edges) {
    BitSet pixels = new BitSet();
    for (int i = 0; i < edges.size(); i += 2) {
      pixels.set(edges.get(i).intValue(), edges.get(i + 1).intValue());
    }
    return pixels;
  }

  @Test
  void theLargestMaskBecomesTheSegmentOfImagesThatHaveNone() {
    SamSettings all = new SamSettings(4, -1e9, -1, 1);
    AmplitudeRaster image = image();
    boolean[] given = new boolean[image.samples().length];
    given[7] = true;
    List<Sample> samples =
        List.of(sample(image, Optional.empty()), sample(image, Optional.of(given)));
    SampleSet set =
        new SampleSet() {
          @Override
          public String name() {
            return "set";
          }

          @Override
          public long size() {
            return 2;
          }

          @Override
          public void forEach(java.util.function.Consumer<Sample> consumer) {
            samples.forEach(consumer);
          }
        };
    try (Cancellation cancellation = new Cancellation();
        SegmentAnything sam =
            SegmentAnything.open(MODELS.resolve("official"), all, CPU, cancellation)) {
      List<Sample> segmented = new java.util.ArrayList<>();
      new SegmentedSet(set, sam).forEach(segmented::add);
      int area = 0;
      for (boolean inside : segmented.get(0).segment().orElseThrow()) {
        area += inside ? 1 : 0;
      }
      assertEquals(sam.masks(image).stream().mapToInt(SegmentMask::area).max().orElse(0), area);
      assertEquals(given, segmented.get(1).segment().orElseThrow());
      assertEquals(new Segmentation("official", all), sam.description());
    }
  }

  private static Sample sample(AmplitudeRaster image, Optional<boolean[]> segment) {
    return new Sample(
        new Description("x", List.of("all"), Optional.empty()), image, List.of(), segment);
  }

  @Test
  void aFolderThatIsNoExportIsRefused() throws IOException {
    assertTrue(refusal().contains("no encoder"), refusal());
    Files.copy(MODELS.resolve("official/decoder.onnx"), folder.resolve("a_encoder.onnx"));
    assertTrue(refusal().contains("no decoder"), refusal());
    Files.copy(MODELS.resolve("official/decoder.onnx"), folder.resolve("a_decoder.onnx"));
    assertTrue(refusal().contains("does not take one RGB image"), refusal());
    Files.copy(MODELS.resolve("official/decoder.onnx"), folder.resolve("b_decoder.onnx"));
    assertTrue(refusal().contains("more than one decoder"), refusal());
  }

  private String refusal() {
    try (Cancellation cancellation = new Cancellation()) {
      return assertThrows(
              EvaluationException.class,
              () -> SegmentAnything.open(folder, SamSettings.defaults(), CPU, cancellation))
          .getMessage();
    }
  }
}
