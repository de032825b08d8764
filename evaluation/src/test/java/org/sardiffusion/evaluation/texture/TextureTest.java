package org.sardiffusion.evaluation.texture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.Description;
import org.sardiffusion.evaluation.Goldens;
import org.sardiffusion.evaluation.Reservoir;
import org.sardiffusion.evaluation.Sample;

class TextureTest {
  private static final JsonNode GOLDEN = Goldens.json("goldens.json");
  private static final int FEATURES = TextureFeature.values().length;

  @Test
  void featuresAreScikitImages() {
    List<Integer> distances = List.of(1, 2, 5);
    List<Double> angles = List.of(0.0, 45.0, 90.0, 135.0, 30.0);
    AmplitudeRaster image = Goldens.image("real.npy");
    double worst = 0;
    for (JsonNode c : GOLDEN.get("glcm")) {
      GlcmSettings settings =
          new GlcmSettings(
              c.get("levels").asInt(),
              Quantiser.EQUAL_WIDTH,
              GlcmSettings.skimage(distances, angles).directions(),
              c.get("symmetric").asBoolean()
                  ? GlcmSettings.Symmetry.SYMMETRIC
                  : GlcmSettings.Symmetry.ONE_WAY,
              GlcmSettings.WHOLE_PATCH);
      JsonNode at = c.get("patch");
      double[] features =
          new PatchTexture(settings)
              .of(
                  GreyImage.of(image, settings),
                  new Patch(at.get(0).asInt(), at.get(1).asInt(), at.get(2).asInt()));
      for (int f = 0; f < FEATURES; f++) {
        for (int d = 0; d < 15; d++) {
          double expected = c.get("features").get(f).get(d / 5).get(d % 5).asDouble();
          double error =
              Math.abs(expected - features[d * FEATURES + f]) / Math.max(1, Math.abs(expected));
          assertTrue(error < 1e-10, TextureFeature.values()[f] + " of " + c + ": " + error);
          worst = Math.max(worst, error);
        }
      }
    }
    assertTrue(worst > 0, "two ways to sum never agree to the last bit");
  }

  @Test
  void aPatchOfOneValueHasTheFeaturesThatScikitImageGivesIt() {
    CooccurrenceMatrix matrix = new CooccurrenceMatrix(256);
    short[] levels = new short[256];
    java.util.Arrays.fill(levels, (short) 7);
    matrix.add(new GreyImage(16, 16, levels), new Patch(0, 0, 16), new Offset(1, 0));
    double[] features = new double[FEATURES];
    matrix.features(features);
    for (int f = 0; f < FEATURES; f++) {
      assertEquals(GOLDEN.get("glcm_constant").get(f).asDouble(), features[f], 1e-15);
    }
    matrix.clear();
    assertEquals(0, matrix.count(7, 7));
  }

  @Property
  void aMatrixCountsEveryPairOnceAndForgetsThemAll(
      @ForAll @IntRange(min = -5, max = 5) int dx,
      @ForAll @IntRange(min = -5, max = 5) int dy,
      @ForAll long seed) {
    Random random = new Random(seed);
    short[] levels = new short[12 * 11];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (short) random.nextInt(4);
    }
    GreyImage image = new GreyImage(12, 11, levels);
    CooccurrenceMatrix matrix = new CooccurrenceMatrix(4);
    for (int repeat = 0; repeat < 2; repeat++) {
      matrix.clear();
      matrix.add(image, new Patch(2, 1, 9), new Offset(dx, dy));
      matrix.makeSymmetric();
      for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
          assertEquals(pairs(image, dx, dy, i, j) + pairs(image, dx, dy, j, i), matrix.count(i, j));
        }
      }
    }
  }

  private static int pairs(GreyImage image, int dx, int dy, int i, int j) {
    int pairs = 0;
    for (int y = 1; y < 10; y++) {
      for (int x = 2; x < 11; x++) {
        boolean inside = x + dx >= 2 && x + dx < 11 && y + dy >= 1 && y + dy < 10;
        if (inside
            && image.levels()[y * 12 + x] == i
            && image.levels()[(y + dy) * 12 + x + dx] == j) {
          pairs++;
        }
      }
    }
    return pairs;
  }

  @Test
  void snapsPresetIsThatOfScikitImagesMatrices() {
    GlcmSettings snap = GlcmSettings.snap();
    JsonNode golden = Goldens.json("goldens.json").get("glcm_snap");
    JsonNode patch = golden.get("patch");
    double[] features =
        new PatchTexture(snap)
            .of(
                GreyImage.of(Goldens.image("real.npy"), snap),
                new Patch(patch.get(0).asInt(), patch.get(1).asInt(), patch.get(2).asInt()));
    for (int f = 0; f < features.length; f++) {
      double expected = golden.get("features").get(f).asDouble();
      assertEquals(expected, features[f], 1e-9 * Math.max(1, expected), "feature " + f);
    }
  }

  @Test
  void snapsPresetAveragesWindowsOfEquallyFilledLevels() {
    GlcmSettings snap = GlcmSettings.snap();
    GreyImage grey = GreyImage.of(Goldens.image("real.npy"), snap);
    int[] filled = new int[32];
    for (short level : grey.levels()) {
      filled[level]++;
    }
    for (int pixels : filled) {
      assertEquals(9600 / 32.0, pixels, 200, java.util.Arrays.toString(filled));
    }
    double[] averaged = new PatchTexture(snap).of(grey, new Patch(10, 10, 12));
    double[] sum = new double[FEATURES];
    GlcmSettings whole =
        new GlcmSettings(
            32, snap.quantiser(), snap.directions(), snap.symmetry(), GlcmSettings.WHOLE_PATCH);
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        double[] window = new PatchTexture(whole).of(grey, new Patch(10 + x, 10 + y, 9));
        for (int f = 0; f < FEATURES; f++) {
          sum[f] += window[f] / 16;
        }
      }
    }
    assertArrayEquals(sum, averaged, 1e-12);
  }

  @Test
  void patchesAreFoundWhereNothingButSpeckleVaries() {
    Random random = new Random(5);
    int side = 256;
    float[] samples = new float[side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        // An edge between a dark and a bright field, slightly off the grid of patches.
        double scale = x < 140 ? 0.08 : 0.2;
        samples[y * side + x] =
            (float) Math.min(1, scale * Math.sqrt(-2 * Math.log(1 - random.nextDouble())));
      }
    }
    samples[10 * side + 10] = Float.NaN;
    AmplitudeRaster image = new AmplitudeRaster(side, side, samples);
    List<Patch> patches = new HomogeneousPatches(PatchSettings.defaults()).in(image);
    assertTrue(patches.contains(new Patch(32, 32, 64)));
    assertTrue(patches.contains(new Patch(160, 64, 64)));
    for (Patch p : patches) {
      assertTrue(p.x() + 64 <= 144 || p.x() >= 128, "over the edge: " + p);
      assertTrue(p.x() > 10 || p.y() > 10, "over excluded pixels: " + p);
    }
    boolean[] segment = new boolean[side * side];
    for (int y = 60; y < 170; y++) {
      java.util.Arrays.fill(segment, y * side + 100, y * side + 200, true);
    }
    assertEquals(
        List.of(new Patch(128, 64, 64), new Patch(128, 96, 64)),
        new HomogeneousPatches(PatchSettings.defaults()).in(image, segment));
    assertEquals(
        List.of(),
        new HomogeneousPatches(PatchSettings.defaults())
            .in(new AmplitudeRaster(30, 30, new float[900])));
  }

  @Test
  void looksAndMeanOverDeviationAreNumpys() {
    // A segment that leaves room for the one patch that the golden value was taken of.
    AmplitudeRaster image = Goldens.image("real.npy");
    float[] moved = new float[64 * 64];
    for (int y = 0; y < 64; y++) {
      System.arraycopy(image.samples(), (y + 5) * 100 + 17, moved, y * 64, 64);
    }
    AmplitudeRaster patch = new AmplitudeRaster(64, 64, moved);
    boolean[] all = new boolean[64 * 64];
    java.util.Arrays.fill(all, true);
    TextureSettings settings =
        new TextureSettings(
            PatchSettings.defaults(), GlcmSettings.skimage(List.of(1), List.of(0.0)));
    Sample sample =
        new Sample(
            new Description("x", List.of("all"), Optional.empty()),
            patch,
            List.of(),
            Optional.of(all));
    List<PatchMeasures> measures = new TextureMeter(settings).of(sample, patch);
    assertEquals(1, measures.size());
    assertEquals(GOLDEN.at("/patch/enl").asDouble(), measures.get(0).looks(), 1e-6);
    assertEquals(
        GOLDEN.at("/patch/mean_over_std").asDouble(), measures.get(0).meanOverDeviation(), 1e-6);
  }

  @Test
  void spreadsAreScipys() {
    Spread a = spread("a");
    Spread b = spread("b");
    assertEquals(GOLDEN.at("/spread/w1").asDouble(), a.wasserstein(b), 1e-12);
    assertEquals(GOLDEN.at("/spread/w1").asDouble(), b.wasserstein(a), 1e-12);
    assertEquals(GOLDEN.at("/spread/median").asDouble(), a.median(), 1e-15);
    assertEquals(GOLDEN.at("/spread/std").asDouble(), a.standardDeviation(), 1e-12);
    assertEquals(0, a.wasserstein(a));
    assertTrue(Double.isNaN(a.wasserstein(new Spread(new double[0]))));
  }

  private static Spread spread(String name) {
    double[] values = new double[GOLDEN.get("spread").get(name).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = GOLDEN.get("spread").get(name).get(i).asDouble();
    }
    java.util.Arrays.sort(values);
    return new Spread(values);
  }

  @Test
  void aReservoirIsFairAndRepeatable() {
    double sum = 0;
    Reservoir<Integer> first = new Reservoir<>(500);
    Reservoir<Integer> second = new Reservoir<>(500);
    for (int i = 0; i < 20000; i++) {
      first.add(i);
      second.add(i);
    }
    for (int v : first.kept()) {
      sum += v / 500.0;
    }
    assertEquals(first.kept(), second.kept());
    assertEquals(20000, first.seen());
    // The mean of 500 of 20000 numbers has a standard deviation of 255.
    assertEquals(10000, sum, 4 * 255);
  }
}
