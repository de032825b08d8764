package org.sardiffusion.runtime.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * What all samplers share: timesteps visited in order, arrays of the right length. By itself it
 * works in variance-preserving variables: the initial noise has deviation 1 and the model sees the
 * latents as they are.
 *
 * <p>The first index visited may be any (image to image starts late); from there on they must
 * follow one another.
 */
abstract class SequentialSampler implements Sampler {
  private final double[] timesteps;
  private final LatentShape shape;
  private int expected = -1;

  SequentialSampler(double[] timesteps, LatentShape shape) {
    this.timesteps = timesteps;
    this.shape = shape;
  }

  @Override
  public final double[] timesteps() {
    return timesteps.clone();
  }

  @Override
  public double initNoiseSigma() {
    return 1;
  }

  @Override
  public int evaluationsPerStep() {
    return 1;
  }

  @Override
  public final void addNoise(int index, float[] original, float[] noise, float[] noisy) {
    if (index < 0 || index >= timesteps.length) {
      throw new IllegalArgumentException(
          "there is no evaluation %d of %d".formatted(index, timesteps.length));
    }
    checkLength(original);
    checkLength(noise);
    checkLength(noisy);
    SignalNoise mix = signalNoise(index);
    for (int j = 0; j < noisy.length; j++) {
      noisy[j] = mix.signal() * original[j] + mix.noise() * noise[j];
    }
  }

  @Override
  public final void scaleModelInput(int index, float[] sample, float[] scaled) {
    checkIndex(index);
    checkLength(sample);
    checkLength(scaled);
    scale(index, sample, scaled);
  }

  @Override
  public final void step(int index, float[] prediction, float[] sample, StepNoise noise) {
    checkIndex(index);
    checkLength(prediction);
    checkLength(sample);
    expected = index + 1;
    advance(index, prediction, sample, noise);
  }

  @Override
  public final SamplerState state() {
    SamplerState own = memory();
    List<Integer> counters = new ArrayList<>(own.counters());
    counters.add(expected);
    return new SamplerState(counters, own.arrays());
  }

  @Override
  public final void resume(SamplerState state) {
    int own = memory().counters().size();
    if (state.counters().size() != own + 1) {
      throw new IllegalArgumentException(
          "a state of %d numbers; this sampler has %d".formatted(state.counters().size(), own + 1));
    }
    state.arrays().forEach(this::checkLength);
    try {
      remember(new SamplerState(state.counters().subList(0, own), state.arrays()));
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("the state of another kind of sampler", e);
    }
    expected = state.counters().get(own);
  }

  /** What a sampler with a memory keeps beside the place in its timesteps. */
  SamplerState memory() {
    return new SamplerState(List.of(), List.of());
  }

  /** Takes back what {@link #memory} gave. */
  void remember(SamplerState memory) {}

  /** What the latents are made of when evaluation {@code index} gets them. */
  abstract SignalNoise signalNoise(int index);

  void scale(int index, float[] sample, float[] scaled) {
    System.arraycopy(sample, 0, scaled, 0, sample.length);
  }

  /** {@link #step}, its arguments checked. */
  abstract void advance(int index, float[] prediction, float[] sample, StepNoise noise);

  private void checkIndex(int index) {
    if (index < 0 || index >= timesteps.length || expected >= 0 && index != expected) {
      throw new IllegalArgumentException(
          "evaluation %d of %d is out of turn; expected %s"
              .formatted(index, timesteps.length, expected < 0 ? "any to begin with" : expected));
    }
  }

  private void checkLength(float[] values) {
    if (values.length != shape.length()) {
      throw new IllegalArgumentException(
          "%d values; latents of shape %s have %d".formatted(values.length, shape, shape.length()));
    }
  }
}
