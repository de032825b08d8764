package org.sardiffusion.runtime.internal.schedule;

import org.sardiffusion.runtime.schedule.LatentShape;

/** A whole reverse diffusion with the pseudo-model of the goldens. */
final class PseudoRun {
  final double[] timesteps;
  final Goldens.Stream noise = new Goldens.Stream();
  final float[] sample;

  /** The sample after each call. */
  final float[][] after;

  PseudoRun(ScheduleRequest request, LatentShape shape) {
    this(Schedule.of(request), shape, noiseOf(shape));
  }

  /** Starts from {@code initial} standard normal noise; draws in the run come from the stream. */
  PseudoRun(Schedule schedule, LatentShape shape, float[] initial) {
    Sampler sampler = schedule.newSampler(shape);
    timesteps = schedule.timesteps();
    after = new float[timesteps.length][];
    noise.fill(new float[shape.length()]); // the stream's first draw is the initial noise
    sample = initial.clone();
    float[] prediction = new float[sample.length];
    float[] scaled = new float[sample.length];
    for (int j = 0; j < sample.length; j++) {
      sample[j] *= (float) schedule.initNoiseSigma();
    }
    for (int index = 0; index < timesteps.length; index++) {
      schedule.scaleModelInput(index, sample, scaled);
      Goldens.pseudoModel(timesteps[index], scaled, prediction, shape);
      sampler.step(index, prediction, sample, noise);
      after[index] = sample.clone();
    }
  }

  static float[] noiseOf(LatentShape shape) {
    float[] initial = new float[shape.length()];
    new Goldens.Stream().fill(initial);
    return initial;
  }

  boolean isFinite() {
    for (float value : sample) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
