package org.sardiffusion.runtime.internal.schedule;

import java.util.List;

/**
 * What a sampler keeps from its calls so far: enough for another one, made from the same schedule,
 * to go on in its place.
 *
 * @param counters whole numbers, their meaning the sampler's own
 * @param arrays values of the shape of the latents, likewise
 */
public record SamplerState(List<Integer> counters, List<float[]> arrays) {
  public SamplerState {
    counters = List.copyOf(counters);
    arrays = List.copyOf(arrays);
  }
}
