package org.sardiffusion.evaluation.internal.crops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.sardiffusion.core.raster.AmplitudeRaster;

/** Measures the crops of images; keeps its matrices between them, so it belongs to one thread. */
public final class CropFeatures {
  /** Side of a crop, pixels; periods of 2, 4, 7, 8, 14 and 16 pixels fall on single frequencies. */
  public static final int SIDE = 112;

  /** A larger image gives as many crops, evenly spread. */
  private static final int MOST_CROPS = 4;

  private static final List<Supplier<FeatureSource>> SOURCES =
      List.of(
          SpectrumFeatures::new,
          BlockFeatures::new,
          CorrelationFeatures::new,
          CooccurrenceFeatures::new,
          AmplitudeFeatures::new);

  private static final List<Feature> ALL = features();

  private final List<FeatureSource> sources = SOURCES.stream().map(Supplier::get).toList();

  /** The features, in the order of the values of {@link CropMeasures}. */
  public static List<Feature> all() {
    return ALL;
  }

  private static List<Feature> features() {
    List<Feature> features = new ArrayList<>();
    for (Supplier<FeatureSource> source : SOURCES) {
      FeatureSource made = source.get();
      made.names().forEach(name -> features.add(new Feature(made.group(), name)));
    }
    return List.copyOf(features);
  }

  /** The lags of {@link #rowCorrelations}, from 0 on, pixels. */
  public static List<Integer> lags() {
    return Arrays.stream(CorrelationFeatures.STEPS).boxed().toList();
  }

  /** The correlations along the rows at the {@link #lags}. */
  public static double[] rowCorrelations(CropMeasures crop) {
    return correlations(crop, lag -> CorrelationFeatures.name(lag, 0));
  }

  /** The correlations along the columns at the {@link #lags}. */
  public static double[] columnCorrelations(CropMeasures crop) {
    return correlations(crop, lag -> CorrelationFeatures.name(0, lag));
  }

  private static double[] correlations(CropMeasures crop, IntFunction<String> name) {
    return lags().stream()
        .mapToDouble(
            lag ->
                lag == 0
                    ? 1
                    : crop.features()[
                        ALL.indexOf(new Feature(FeatureGroup.CORRELATIONS, name.apply(lag)))])
        .toArray();
  }

  /**
   * Measures up to four crops that lie where the image has data.
   *
   * @param image amplitude in [0,1], NaN where there is no data
   * @return none for an image smaller than a crop
   */
  public List<CropMeasures> of(AmplitudeRaster image) {
    return Crop.of(image, SIDE, SIDE, MOST_CROPS).stream().map(this::of).toList();
  }

  private CropMeasures of(Crop crop) {
    SpectralCurves curves = SpectralCurves.of(crop);
    List<double[]> parts = sources.stream().map(source -> source.of(crop, curves)).toList();
    double[] features = new double[parts.stream().mapToInt(p -> p.length).sum()];
    int at = 0;
    for (double[] part : parts) {
      System.arraycopy(part, 0, features, at, part.length);
      at += part.length;
    }
    return new CropMeasures(features, curves);
  }
}
