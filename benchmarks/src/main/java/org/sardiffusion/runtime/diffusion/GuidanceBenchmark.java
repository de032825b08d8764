package org.sardiffusion.runtime.diffusion;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.sardiffusion.runtime.internal.noise.TorchGenerator;

/**
 * Guidance of one prediction for a 1024 x 1024 image, [1,4,128,128]. In the runtime's own package,
 * because only the reverse diffusion applies guidance.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class GuidanceBenchmark {
  private static final int LENGTH = 4 * 128 * 128;

  @Param({"0", "0.7"})
  public double rescale;

  private final float[] unconditional = new float[LENGTH];
  private final float[] conditional = new float[LENGTH];
  private Guidance guidance;

  /** Anew for each iteration: applied again and again to its own result, guidance diverges. */
  @Setup(Level.Iteration)
  public void prepare() {
    guidance = new Guidance(5, rescale, 0, 1);
    TorchGenerator generator = new TorchGenerator(7);
    generator.fillStandardNormal(unconditional);
    generator.fillStandardNormal(conditional);
  }

  @Benchmark
  public float[] apply() {
    guidance.apply(unconditional, conditional, LENGTH);
    return conditional;
  }
}
