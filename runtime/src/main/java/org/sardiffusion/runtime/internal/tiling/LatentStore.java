package org.sardiffusion.runtime.internal.tiling;

import java.util.List;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.internal.schedule.Sampler;

/**
 * The latents of a reverse diffusion on its way, in memory or on disk, with what their samplers
 * keep.
 *
 * <p>Before a call the store holds the latents that it reads, and after its last band those of the
 * next. A band that is written does not change what later bands of the same call read.
 */
public interface LatentStore {
  /** The call that comes next; as many as there are when the latents are complete. */
  int nextCall();

  /** The bands of a call that are still to be done, from the top. */
  List<Band> bands(int call);

  /**
   * The latents before a call.
   *
   * @return [batch, channels, height, width] of the window; of a store in memory its own array
   */
  float[] read(int call, Window window);

  /** The sampler of a band, as the call before left it. */
  Sampler sampler(int call, Band band);

  /**
   * Keeps what a call made of a band.
   *
   * @param latents the latents of {@link Band#done}
   * @param sampler which stepped them
   * @param pending sums of predictions in the rows below, which later bands add to
   */
  void write(int call, Band band, float[] latents, Sampler sampler, double[] pending);
}
