package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.runtime.internal.tiling.Band;

/** What a sampler steps by: the (guided) prediction of a UNet. */
interface NoisePrediction extends AutoCloseable {
  /**
   * Predicts the noise of a band.
   *
   * @param latents of {@link Band#seen}; read only
   * @return of {@link Band#done}; the array may be changed, and is used again by the next call
   * @throws org.sardiffusion.runtime.session.DeviceException if the graph fails
   * @throws org.sardiffusion.core.run.CancelledException if the work is cancelled
   */
  float[] predict(ModelCall at, Band band, float[] latents);

  /** Sums of predictions of the rows that the last band left undone, which the next adds to. */
  double[] pending();

  /** Seconds spent inside the UNet so far. */
  double unetSeconds();

  @Override
  void close();
}
