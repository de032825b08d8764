package org.sardiffusion.pipelines.scene;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sardiffusion.conditioning.speckle.EquivalentNumberOfLooks;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * How an image looks across the borders of tiles, in units of the spread elsewhere.
 *
 * @param looks of the profile of the equivalent number of looks: its mean over the borders, less
 *     its mean elsewhere
 * @param level likewise of the mean amplitude, less that of its neighbourhood
 */
record SeamProfiles(double looks, double level) {
  /** Columns (or rows) that are measured together, pixels. */
  private static final int BAND = 16;

  private static final double WIDEST = 2;

  /**
   * Measures an image.
   *
   * @param columns where borders of tiles run down, pixels
   * @param rows where they run across
   */
  static SeamProfiles of(AmplitudeRaster image, List<Integer> columns, List<Integer> rows) {
    List<Band> at = new ArrayList<>();
    List<Band> elsewhere = new ArrayList<>();
    sort(image, columns, at, elsewhere);
    sort(transposed(image), rows, at, elsewhere);
    return new SeamProfiles(
        deviation(
            at.stream().map(Band::looks).toList(), elsewhere.stream().map(Band::looks).toList()),
        deviation(
            at.stream().map(Band::step).toList(), elsewhere.stream().map(Band::step).toList()));
  }

  boolean passes() {
    return Math.abs(looks) <= WIDEST && Math.abs(level) <= WIDEST;
  }

  /**
   * One place of the profiles.
   *
   * @param looks equivalent number of looks
   * @param step mean amplitude less that of the bands on both sides
   */
  private record Band(double looks, double step) {}

  private static void sort(
      AmplitudeRaster image, List<Integer> middles, List<Band> at, List<Band> elsewhere) {
    for (int middle : middles) {
      at.add(band(image, middle - BAND / 2));
    }
    for (int left = BAND; left + 2 * BAND <= image.width(); left += BAND) {
      int centre = left + BAND / 2;
      if (!middles.isEmpty() && middles.stream().allMatch(m -> Math.abs(m - centre) > 3 * BAND)) {
        elsewhere.add(band(image, left));
      }
    }
  }

  private static Band band(AmplitudeRaster image, int left) {
    AmplitudeRaster band = columns(image, left);
    double around = (mean(columns(image, left - BAND)) + mean(columns(image, left + BAND))) / 2;
    return new Band(EquivalentNumberOfLooks.of(band), mean(band) - around);
  }

  private static AmplitudeRaster columns(AmplitudeRaster image, int left) {
    float[] samples = new float[BAND * image.height()];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = image.at(left + i % BAND, i / BAND);
    }
    return new AmplitudeRaster(BAND, image.height(), samples);
  }

  private static double mean(AmplitudeRaster image) {
    double sum = 0;
    for (float sample : image.samples()) {
      sum += sample;
    }
    return sum / image.samples().length;
  }

  private static AmplitudeRaster transposed(AmplitudeRaster image) {
    float[] samples = new float[image.samples().length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = image.at(i / image.height(), i % image.height());
    }
    return new AmplitudeRaster(image.height(), image.width(), samples);
  }

  private static double deviation(List<Double> at, List<Double> elsewhere) {
    double mean = average(elsewhere);
    double variance =
        elsewhere.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum() / (elsewhere.size() - 1);
    return (average(at) - mean) / Math.sqrt(variance);
  }

  private static double average(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "ENL %+.2f, mean %+.2f deviations off", looks, level);
  }
}
