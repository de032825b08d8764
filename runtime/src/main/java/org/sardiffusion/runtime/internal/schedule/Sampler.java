package org.sardiffusion.runtime.internal.schedule;

import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * One run of one sampler over one batch of latents: the reverse diffusion seen from the solver.
 *
 * <p>A sampler is made by its {@link Schedule} for one run and keeps the history that multistep
 * solvers need; it is not thread-safe. The first call may be any (image to image starts late); from
 * there on they must follow one another.
 */
public abstract class Sampler {
  private final int calls;
  private final LatentShape shape;
  private int expected = -1;

  Sampler(Schedule schedule, LatentShape shape) {
    if (Math.min(Math.min(shape.batch(), shape.channels()), Math.min(shape.height(), shape.width()))
        < 1) {
      throw new IllegalArgumentException(
          "latents of shape %s; every size must be at least 1".formatted(shape));
    }
    this.calls = schedule.calls();
    this.shape = shape;
  }

  /**
   * Advances the latents by one model call.
   *
   * @param index which call
   * @param prediction the (guided) model output at its timestep; may be overwritten
   * @param sample the current latents, batch after batch, C order; replaced by the next ones
   * @param noise standard normal noise, asked for only if and when diffusers would draw it
   */
  public final void step(int index, float[] prediction, float[] sample, StepNoise noise) {
    if (index < 0 || index >= calls || expected >= 0 && index != expected) {
      throw new IllegalArgumentException(
          "call %d of %d is out of turn; expected %s"
              .formatted(index, calls, expected < 0 ? "any to begin with" : expected));
    }
    checkLength(prediction);
    checkLength(sample);
    expected = index + 1;
    advance(index, prediction, sample, noise);
  }

  /** What is kept from the calls so far; a copy. */
  public final SamplerState state() {
    SamplerState own = memory();
    List<Integer> counters = new ArrayList<>(own.counters());
    counters.add(expected);
    return new SamplerState(counters, own.arrays());
  }

  /**
   * Goes on where another sampler of the same schedule and shape stood.
   *
   * @throws IllegalArgumentException if the state is that of another kind of sampler, or of latents
   *     of another shape
   */
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

  /** {@link #step}, its arguments checked. */
  abstract void advance(int index, float[] prediction, float[] sample, StepNoise noise);

  /** What a sampler with a memory keeps beside the place in its timesteps. */
  SamplerState memory() {
    return new SamplerState(List.of(), List.of());
  }

  /** Takes back what {@link #memory} gave. */
  void remember(SamplerState memory) {}

  private void checkLength(float[] values) {
    if (values.length != shape.length()) {
      throw new IllegalArgumentException(
          "%d values; latents of shape %s have %d".formatted(values.length, shape, shape.length()));
    }
  }
}
