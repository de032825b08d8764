package org.sardiffusion.runtime.internal.tiling;

import java.util.List;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.internal.schedule.Sampler;

/**
 * The latents of a reverse diffusion on its way, in memory or on disk, with what their samplers
 * keep.
 *
 * <p>Before an evaluation the store holds the latents that it reads, and after its last band those
 * of the next. A band that is written does not change what later bands of the same evaluation read.
 */
public interface LatentStore {
  /** The evaluation that comes next; as many as there are when the latents are complete. */
  int evaluation();

  /** The bands of an evaluation that are still to be done, from the top. */
  List<Band> bands(int evaluation);

  /**
   * The latents before an evaluation.
   *
   * @return [batch, channels, height, width] of the window; of a store in memory its own array
   */
  float[] read(int evaluation, Window window);

  /** The sampler of a band, as the evaluation before left it. */
  Sampler sampler(int evaluation, Band band);

  /**
   * Keeps what an evaluation made of a band.
   *
   * @param latents the latents of {@link Band#done}
   * @param sampler which stepped them
   * @param pending sums of predictions in the rows below, which later bands add to
   */
  void write(int evaluation, Band band, float[] latents, Sampler sampler, double[] pending);
}
