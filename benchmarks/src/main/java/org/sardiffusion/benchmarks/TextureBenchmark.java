package org.sardiffusion.benchmarks;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.texture.GlcmSettings;
import org.sardiffusion.evaluation.texture.GreyImage;
import org.sardiffusion.evaluation.texture.Patch;
import org.sardiffusion.evaluation.texture.PatchTexture;

/**
 * Five co-occurrence features of a 64 x 64 pixel patch of speckle, 256 grey levels, one distance,
 * four angles; {@code benchmarks/python/texture.py} does the same with scikit-image.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class TextureBenchmark {
  private static final int SIDE = 64;

  private GlcmSettings settings;
  private PatchTexture texture;
  private AmplitudeRaster image;

  @Setup
  public void setUp() {
    Random random = new Random(1);
    float[] samples = new float[SIDE * SIDE];
    for (int i = 0; i < samples.length; i++) {
      double amplitude = 0.2 * Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
      samples[i] = (float) Math.min(1, amplitude);
    }
    settings = GlcmSettings.skimage(List.of(1), List.of(0.0, 45.0, 90.0, 135.0));
    texture = new PatchTexture(settings);
    image = new AmplitudeRaster(SIDE, SIDE, samples);
  }

  /** Quantises the patch, fills four matrices and reads five features of each. */
  @Benchmark
  public double[] features() {
    return texture.of(GreyImage.of(image, settings), new Patch(0, 0, SIDE));
  }
}
