package org.sardiffusion.geo;

import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.files.ImageFile;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.Georeference;

/** Images and provenance to write in tests. */
public final class Samples {
  public static final String PROMPT =
      "A <SAR> image of \"dense\" forêt & 'plowed' field 🌳 &lt;b&gt; ]]> 雷达";

  private Samples() {}

  /** Speckle of a fixed seed, with 0 and 1 in it. */
  public static AmplitudeRaster speckle(int width, int height) {
    float[] samples = new float[width * height];
    Random random = new Random(42);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat();
    }
    samples[0] = 0;
    samples[samples.length - 1] = 1;
    return new AmplitudeRaster(width, height, samples);
  }

  public static Provenance provenance(String prompt) {
    return new Provenance(
        "sar-default-v0",
        "0123456789abcdef".repeat(4),
        prompt,
        7,
        "sar-diffusion 0.1.0",
        "{\"prompt\":\"A <SAR> image\",\"steps\":20}",
        Map.of("SOURCE_PRODUCT", "none"));
  }

  /** A file whose image has a size of pixels and no place. */
  public static ImageFile file(Path path) {
    return file(path, AffineGrid.unreferenced(0.4), WriteOptions.defaults());
  }

  public static ImageFile file(Path path, Georeference place, WriteOptions options) {
    return new ImageFile(path, place, provenance(PROMPT), options);
  }
}
