package org.sardiffusion.runtime.diffusion;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.session.GraphSession;

/**
 * The guided UNet for tiles of one size under each of several prompts: for those who hold larger
 * latents themselves. Valid within the work that {@link ReverseDiffusion#predictTiles} runs.
 */
public final class TileNetwork {
  /** More prompts than meet in most tiles; each takes the buffers of a batch. */
  private static final int MOST_OPEN = 4;

  private final LatentShape shape;
  private final double[] timesteps;
  private final GraphSession session;
  private final Denoiser.Latents latents;
  private final List<Denoiser.GuidanceInputs> guidanceInputs;
  private final Denoiser.Settings settings;

  /** By prompt, the one that was used last at the end. */
  private final Map<Integer, Denoiser> denoisers = new LinkedHashMap<>(16, 0.75f, true);

  private final Cancellation cancellation;
  private final int first;
  private ControlView controlSource;
  private double closedSeconds;

  /**
   * What a network of tiles is made for.
   *
   * @param first the evaluation that the process begins with
   */
  record Plan(LatentShape shape, Size size, double[] timesteps, int first) {}

  /**
   * @param guidanceInputs one for each prompt
   */
  TileNetwork(
      GraphSession session,
      Plan plan,
      List<Denoiser.GuidanceInputs> guidanceInputs,
      Denoiser.Settings settings,
      Cancellation cancellation) {
    this.shape = plan.shape();
    this.timesteps = plan.timesteps();
    this.first = plan.first();
    this.cancellation = cancellation;
    this.session = session;
    this.latents = new Denoiser.Latents(plan.shape(), plan.size());
    this.guidanceInputs = List.copyOf(guidanceInputs);
    this.settings = settings;
    this.controlSource = new PixelWindow(0, 0, plan.size());
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
    controlSource = new TileControl(image);
  }

  /**
   * Predicts the noise of a tile.
   *
   * @param prompt index of the prompt
   * @param evaluation index of the model evaluation in the sampler's timesteps
   * @param scaled latents of the tile, scaled by the sampler; read only
   * @param prediction receives the guided prediction, of the same length
   * @throws org.sardiffusion.runtime.session.DeviceException if the graph fails
   * @throws org.sardiffusion.core.run.CancelledException if the work is cancelled
   */
  public void predict(int prompt, int evaluation, float[] scaled, float[] prediction) {
    Denoiser denoiser = denoiser(prompt);
    denoiser.setControlSource(controlSource);
    denoiser.predict(
        new Denoiser.ModelCall(evaluation - first, timesteps.length - first, timesteps[evaluation]),
        scaled,
        prediction,
        cancellation);
  }

  /** The open one of a prompt, or a new one in the buffers of the one that waited longest. */
  private Denoiser denoiser(int prompt) {
    if (!denoisers.containsKey(prompt) && denoisers.size() == MOST_OPEN) {
      Iterator<Denoiser> eldest = denoisers.values().iterator();
      Denoiser closed = eldest.next();
      eldest.remove();
      closedSeconds += closed.unetSeconds();
      closed.close();
    }
    return denoisers.computeIfAbsent(
        prompt,
        p ->
            new Denoiser(
                session,
                latents,
                guidanceInputs.get(p),
                settings.guidanceEmbedding(),
                settings.calls()));
  }

  /** Seconds spent inside the UNet so far. */
  public double unetSeconds() {
    return closedSeconds + denoisers.values().stream().mapToDouble(Denoiser::unetSeconds).sum();
  }

  void close() {
    denoisers.values().forEach(Denoiser::close);
  }
}
