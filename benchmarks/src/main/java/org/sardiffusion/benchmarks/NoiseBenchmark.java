package org.sardiffusion.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.sardiffusion.runtime.internal.noise.TorchGenerator;

/** Normal noise in torch's stream: the latents of a 1024 x 1024 image, and a million values. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class NoiseBenchmark {
  @Param({"65536", "1000000"})
  public int values;

  private final TorchGenerator generator = new TorchGenerator(7);
  private float[] target;

  @Setup
  public void prepare() {
    target = new float[values];
  }

  @Benchmark
  public float[] standardNormal() {
    generator.fillStandardNormal(target);
    return target;
  }
}
