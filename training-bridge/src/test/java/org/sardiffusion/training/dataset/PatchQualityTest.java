package org.sardiffusion.training.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sardiffusion.conditioning.amplitude.AmplitudeNormalisation;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.training.internal.dataset.DuplicateIndex;
import org.sardiffusion.training.internal.dataset.PerceptualHash;

class PatchQualityTest {
  private static final QualityLimits LIMITS = QualityLimits.standard();

  private static AmplitudeRaster normalised(AmplitudeRaster image) {
    return AmplitudeNormalisation.paper().scaleFor(image).normalise(image);
  }

  private interface Edit {
    double at(int x, int y, float before);
  }

  private static AmplitudeRaster edited(AmplitudeRaster image, Edit edit) {
    float[] samples = image.samples().clone();
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) edit.at(i % image.width(), i / image.width(), samples[i]);
    }
    return new AmplitudeRaster(image.width(), image.height(), samples);
  }

  private static Optional<DropReason> judge(AmplitudeRaster patch) {
    return LIMITS.judge(PatchMeasures.of(patch));
  }

  @Test
  void speckleIsGoodAndHasTheSharpnessOfTheory() {
    AmplitudeRaster patch = normalised(Scenes.speckle(200, 200, 1));
    assertEquals(Optional.empty(), judge(patch));
    // A flat area: (4 - pi) / pi, the squared coefficient of variation of Rayleigh amplitude.
    AmplitudeRaster pure = pure(240, 7);
    double mean = 0;
    for (float a : pure.samples()) {
      mean += a / pure.samples().length;
    }
    double scale = 0.2 / mean;
    assertEquals(
        (4 - Math.PI) / Math.PI,
        PatchMeasures.of(edited(pure, (x, y, a) -> Math.min(1, a * scale))).sharpness(),
        0.02);
  }

  @Test
  void twoStretchesOfWaterAreNoDuplicates() {
    DuplicateIndex index = new DuplicateIndex(LIMITS.duplicateDistance());
    for (int seed = 0; seed < 40; seed++) {
      // The same gain over range in both, as of one antenna.
      PerceptualHash hash =
          PerceptualHash.of(
              edited(pure(256, seed), (x, y, a) -> Math.min(1, a * (0.05 + 0.001 * x))));
      assertTrue(index.find("sha" + seed, hash).isEmpty(), "seed " + seed);
      index.add("water" + seed, "sha" + seed, hash);
    }
  }

  private static AmplitudeRaster pure(int side, long seed) {
    java.util.Random random = new java.util.Random(seed);
    float[] samples = new float[side * side];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    }
    return new AmplitudeRaster(side, side, samples);
  }

  @Test
  void badPatchesAreToldApart() {
    AmplitudeRaster patch = normalised(Scenes.speckle(96, 96, 2));
    assertEquals(
        Optional.of(DropReason.NODATA), judge(edited(patch, (x, y, a) -> x < 2 ? Float.NaN : a)));
    assertEquals(Optional.of(DropReason.BLANK), judge(edited(patch, (x, y, a) -> x < 60 ? 0 : a)));
    assertEquals(Optional.of(DropReason.BLANK), judge(edited(patch, (x, y, a) -> a / 2000)));
    assertEquals(
        Optional.of(DropReason.SATURATED), judge(edited(patch, (x, y, a) -> x < 12 ? 1 : a)));
    assertEquals(
        Optional.of(DropReason.BLURRED),
        judge(edited(patch, (x, y, a) -> mean(patch, x - 1, y - 1, 3, 3))));
    // Along one axis alone, as motion blurs.
    assertEquals(
        Optional.of(DropReason.BLURRED),
        judge(edited(patch, (x, y, a) -> mean(patch, x, y - 2, 1, 6))));
  }

  private static double mean(AmplitudeRaster patch, int left, int top, int width, int height) {
    double sum = 0;
    for (int y = top; y < top + height; y++) {
      for (int x = left; x < left + width; x++) {
        sum +=
            patch.at(
                Math.max(0, Math.min(patch.width() - 1, x)),
                Math.max(0, Math.min(patch.height() - 1, y)));
      }
    }
    return sum / (width * height);
  }

  @Test
  void darkWaterIsNeitherBlankNorBlurred() {
    AmplitudeRaster patch = normalised(Scenes.speckle(96, 96, 3));
    assertEquals(Optional.empty(), judge(edited(patch, (x, y, a) -> a / 30)));
  }

  @Test
  void hashesSeeThroughBrightnessAndSmallShiftsAndTellScenesApart() {
    DuplicateIndex index = new DuplicateIndex(LIMITS.duplicateDistance());
    AmplitudeRaster patch = normalised(Scenes.speckle(192, 192, 0));
    index.add("first", "aa", PerceptualHash.of(patch));
    for (AmplitudeRaster near :
        List.of(
            edited(patch, (x, y, a) -> Math.min(1, a * 1.3)),
            edited(patch, (x, y, a) -> patch.at(Math.max(0, x - 2), y)))) {
      DuplicateIndex.Match match = index.find("bb", PerceptualHash.of(near)).orElseThrow();
      assertEquals(DropReason.NEAR_DUPLICATE, match.reason());
      assertEquals("first", match.name());
    }
    assertEquals(
        DropReason.DUPLICATE, index.find("aa", PerceptualHash.of(patch)).orElseThrow().reason());
    for (int seed = 1; seed <= 40; seed++) {
      PerceptualHash hash = PerceptualHash.of(normalised(Scenes.speckle(192, 192, seed)));
      assertTrue(index.find("cc", hash).isEmpty(), "seed " + seed);
    }
    DuplicateIndex exactOnly = new DuplicateIndex(-1);
    exactOnly.add("first", "aa", PerceptualHash.of(patch));
    assertFalse(exactOnly.find("bb", PerceptualHash.of(patch)).isPresent());
    assertEquals(
        PerceptualHash.of(patch).toString(),
        PerceptualHash.parse(PerceptualHash.of(patch).toString()).toString());
  }

  @Test
  void gridsTakeWholePatchesOnly() {
    PatchGrid grid = new PatchGrid(240, 240, 240, 57);
    List<Window> windows = grid.windows(246, 297);
    assertEquals(List.of(new Window(0, 0, 240, 240), new Window(0, 57, 240, 240)), windows);
    assertEquals(windows.size(), grid.count(246, 297));
    assertEquals(0, grid.count(239, 1000));
  }
}
