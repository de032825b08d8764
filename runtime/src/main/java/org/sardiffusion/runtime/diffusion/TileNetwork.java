package org.sardiffusion.runtime.diffusion;

import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.session.Cancellation;
import org.sardiffusion.runtime.session.GraphSession;

/**
 * The guided UNet for tiles of one size under each of several prompts: for those who hold larger
 * latents themselves. Valid within the work that {@link ReverseDiffusion#predictTiles} runs.
 */
public final class TileNetwork {
  private final LatentShape shape;
  private final double[] timesteps;
  private final List<Denoiser> denoisers = new ArrayList<>();
  private final Cancellation cancellation;
  private final int first;

  /**
   * What a network of tiles is made for.
   *
   * @param first the evaluation that the process begins with
   */
  record Plan(LatentShape shape, ImageSize size, double[] timesteps, int first) {}

  /**
   * @param steerings one for each prompt
   */
  TileNetwork(
      GraphSession session,
      Plan plan,
      List<Denoiser.Steering> steerings,
      Denoiser.Settings settings,
      Cancellation cancellation) {
    this.shape = plan.shape();
    this.timesteps = plan.timesteps();
    this.first = plan.first();
    this.cancellation = cancellation;
    Denoiser.Latents latents = new Denoiser.Latents(plan.shape(), plan.size());
    for (Denoiser.Steering steering : steerings) {
      denoisers.add(
          new Denoiser(session, latents, steering, settings.guidanceEmbedding(), settings.calls()));
    }
  }

  /** The latents of a tile, [1, channels, height, width]. */
  public LatentShape shape() {
    return shape;
  }

  /**
   * Shows all ControlNets an image from now on, instead of those of the request.
   *
   * @param image of the size of a tile
   */
  public void show(ControlImage image) {
    denoisers.forEach(denoiser -> denoiser.look(new TileControl(image)));
  }

  /**
   * Predicts the noise of a tile.
   *
   * @param prompt index of the prompt
   * @param evaluation index of the model evaluation in the sampler's timesteps
   * @param scaled latents of the tile, scaled by the sampler; read only
   * @param prediction receives the guided prediction, of the same length
   * @throws org.sardiffusion.runtime.session.DeviceException if the graph fails
   * @throws org.sardiffusion.runtime.session.CancelledException if the work is cancelled
   */
  public void predict(int prompt, int evaluation, float[] scaled, float[] prediction) {
    denoisers
        .get(prompt)
        .predict(
            new Denoiser.Evaluation(
                evaluation - first, timesteps.length - first, timesteps[evaluation]),
            scaled,
            prediction,
            cancellation);
  }

  /** Seconds spent inside the UNet so far. */
  public double unetSeconds() {
    return denoisers.stream().mapToDouble(Denoiser::unetSeconds).sum();
  }

  void close() {
    denoisers.forEach(Denoiser::close);
  }
}
