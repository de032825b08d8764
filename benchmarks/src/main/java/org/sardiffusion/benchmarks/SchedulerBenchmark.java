package org.sardiffusion.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
import org.sardiffusion.runtime.internal.noise.BatchNoise;
import org.sardiffusion.runtime.internal.schedule.Sampler;
import org.sardiffusion.runtime.internal.schedule.Schedule;
import org.sardiffusion.runtime.internal.schedule.ScheduleRequest;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.schedule.StepPlan;

/**
 * One step of each sampler on the latents of a 1024 x 1024 image, [1,4,128,128]: scaling the
 * model's input, and the step itself, with its noise where the sampler draws some. The average is
 * over a run of 20 steps, as the first and last ones of multistep solvers are cheaper.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class SchedulerBenchmark {
  private static final LatentShape SHAPE = new LatentShape(1, 4, 128, 128);

  /** What {@code scheduler_config.json} of SDXL base 1.0 says where it differs from defaults. */
  private static final SchedulerConfig CONFIG =
      SchedulerConfig.of(
          JsonNodeFactory.instance
              .objectNode()
              .put("beta_start", 0.00085)
              .put("beta_end", 0.012)
              .put("beta_schedule", "scaled_linear")
              .put("steps_offset", 1)
              .put("timestep_spacing", "leading"),
          "benchmark");

  @Param public SamplerName sampler;

  private final float[] prediction = new float[SHAPE.length()];
  private final float[] latents = new float[SHAPE.length()];
  private final float[] scaled = new float[SHAPE.length()];
  private BatchNoise noise;
  private Schedule schedule;
  private Sampler run;
  private int calls;
  private int next;

  @Setup
  public void prepare() {
    noise = BatchNoise.seeded(7, 1);
    noise.fill(prediction);
    schedule =
        Schedule.of(
            ScheduleRequest.of(new SamplerChoice.Named(sampler), CONFIG, new StepPlan.Steps(20)));
    calls = schedule.calls();
    begin();
  }

  private void begin() {
    run = schedule.newSampler(SHAPE);
    next = 0;
  }

  @Benchmark
  public float[] step() {
    if (next == calls) {
      begin();
    }
    schedule.scaleModelInput(next, latents, scaled);
    run.step(next, prediction, latents, noise);
    next++;
    return latents;
  }
}
