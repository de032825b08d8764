package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.runtime.internal.schedule.Schedule;
import org.sardiffusion.runtime.internal.tiling.Band;

/** The prediction of latents that the UNet sees as a whole: of one tile. */
final class WholePrediction implements NoisePrediction {
  private static final double[] NOTHING = {};

  private final Schedule schedule;
  private final Denoiser denoiser;
  private final ControlView control;
  private final float[] scaled;
  private final float[] prediction;

  WholePrediction(
      Schedule schedule, Denoiser denoiser, ControlView control, Denoiser.Latents latents) {
    this.schedule = schedule;
    this.denoiser = denoiser;
    this.control = control;
    this.scaled = new float[latents.shape().length()];
    this.prediction = new float[scaled.length];
  }

  @Override
  public float[] predict(ModelCall at, Band band, float[] latents) {
    schedule.scaleModelInput(at.position(), latents, scaled);
    denoiser.predict(at, control, scaled, prediction);
    return prediction;
  }

  @Override
  public double[] pending() {
    return NOTHING;
  }

  @Override
  public double unetSeconds() {
    return denoiser.unetSeconds();
  }

  @Override
  public void close() {
    denoiser.close();
  }
}
