package org.sardiffusion.runtime.diffusion;

import java.util.List;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.internal.schedule.Sampler;
import org.sardiffusion.runtime.internal.tiling.Band;
import org.sardiffusion.runtime.internal.tiling.LatentStore;

/** Latents in one array, which is stepped in place as one band. */
final class MemoryLatents implements LatentStore {
  private final float[] latents;
  private final List<Band> bands;
  private final Sampler sampler;
  private int call;

  /**
   * @param call the one that comes next
   * @param latents [batch, channels, height, width]; become those of the image
   * @param band all of them
   * @param sampler of all of them
   */
  MemoryLatents(int call, float[] latents, Band band, Sampler sampler) {
    this.call = call;
    this.latents = latents;
    this.bands = List.of(band);
    this.sampler = sampler;
  }

  @Override
  public int nextCall() {
    return call;
  }

  @Override
  public List<Band> bands(int next) {
    return bands;
  }

  @Override
  public float[] read(int next, Window window) {
    return latents;
  }

  @Override
  public Sampler sampler(int next, Band band) {
    return sampler;
  }

  @Override
  public void write(int done, Band band, float[] stepped, Sampler by, double[] pending) {
    call = done + 1;
  }
}
