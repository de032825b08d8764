package org.sardiffusion.geo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.files.WriteRequest;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.AffineGrid;

/** Images and provenance to write in tests. */
public final class Samples {
  public static final String PROMPT =
      "A <SAR> image of \"dense\" forêt & 'plowed' field 🌳 &lt;b&gt; ]]> 雷达";

  private Samples() {}

  /** Speckle of a fixed seed, with 0 and 1 in it. */
  public static AmplitudeImage speckle(int width, int height) {
    float[] samples = new float[width * height];
    Random random = new Random(42);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat();
    }
    samples[0] = 0;
    samples[samples.length - 1] = 1;
    return new AmplitudeImage(width, height, samples);
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

  public static WriteRequest request(Path path, AmplitudeImage image) {
    return request(path, image, AffineGrid.unreferenced(0.4), WriteOptions.defaults());
  }

  public static WriteRequest request(
      Path path, AmplitudeImage image, AffineGrid placement, WriteOptions options) {
    return new WriteRequest(path, List.of(image), placement, provenance(PROMPT), options);
  }
}
