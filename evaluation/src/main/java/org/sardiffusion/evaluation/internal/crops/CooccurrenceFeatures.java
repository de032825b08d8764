package org.sardiffusion.evaluation.internal.crops;

import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.texture.Direction;
import org.sardiffusion.evaluation.texture.GlcmSettings;
import org.sardiffusion.evaluation.texture.GreyImage;
import org.sardiffusion.evaluation.texture.Patch;
import org.sardiffusion.evaluation.texture.PatchTexture;
import org.sardiffusion.evaluation.texture.Quantiser;
import org.sardiffusion.evaluation.texture.TextureFeature;

/** Grey-level co-occurrence of 32 levels, 1, 2 and 4 pixels apart along rows and columns. */
final class CooccurrenceFeatures implements FeatureSource {
  private static final int LEVELS = 32;
  private static final GlcmSettings SETTINGS =
      new GlcmSettings(
          LEVELS,
          Quantiser.EQUAL_WIDTH,
          GlcmSettings.skimage(List.of(1, 2, 4), List.of(0.0, 90.0)).directions(),
          GlcmSettings.Symmetry.ONE_WAY,
          GlcmSettings.WHOLE_PATCH);

  private final PatchTexture texture = new PatchTexture(SETTINGS);

  @Override
  public FeatureGroup group() {
    return FeatureGroup.CO_OCCURRENCE;
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (Direction direction : SETTINGS.directions()) {
      for (TextureFeature feature : TextureFeature.values()) {
        names.add(
            feature.label()
                + ", "
                + direction.distance()
                + (direction.angle().equals("0") ? " px right" : " px up"));
      }
    }
    return names;
  }

  @Override
  public double[] of(Crop crop, SpectralCurves curves) {
    AmplitudeRaster raster = new AmplitudeRaster(crop.side(), crop.side(), crop.amplitude());
    return texture.of(GreyImage.of(raster, SETTINGS), new Patch(0, 0, crop.side()));
  }
}
