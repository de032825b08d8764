package org.sardiffusion.runtime.diffusion;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.session.GraphSession;

/** The guided UNet for latents of one shape, under each of several prompts. */
final class PromptDenoisers implements AutoCloseable {
  /** More prompts than meet in most tiles; each takes the buffers of a batch. */
  private static final int MOST_OPEN = 4;

  private final GraphSession session;
  private final Denoiser.Latents latents;
  private final List<Denoiser.GuidanceInputs> prompts;
  private final Denoiser.Settings settings;

  /** By prompt, the one that was used last at the end. */
  private final Map<Integer, Denoiser> open = new LinkedHashMap<>(16, 0.75f, true);

  private double closedSeconds;

  /**
   * @param latents of a tile
   * @param prompts what a denoiser is guided by, one for each prompt
   */
  PromptDenoisers(
      GraphSession session,
      Denoiser.Latents latents,
      List<Denoiser.GuidanceInputs> prompts,
      Denoiser.Settings settings) {
    this.session = session;
    this.latents = latents;
    this.prompts = List.copyOf(prompts);
    this.settings = settings;
  }

  /** The latents that they denoise. */
  LatentShape shape() {
    return latents.shape();
  }

  /** The open one of a prompt, or a new one in the buffers of the one that waited longest. */
  Denoiser of(int prompt) {
    if (!open.containsKey(prompt) && open.size() == MOST_OPEN) {
      Iterator<Denoiser> eldest = open.values().iterator();
      Denoiser closed = eldest.next();
      eldest.remove();
      closedSeconds += closed.unetSeconds();
      closed.close();
    }
    return open.computeIfAbsent(
        prompt, p -> new Denoiser(session, latents, prompts.get(p), settings));
  }

  /** Seconds spent inside the UNet so far. */
  double unetSeconds() {
    return closedSeconds + open.values().stream().mapToDouble(Denoiser::unetSeconds).sum();
  }

  @Override
  public void close() {
    open.values().forEach(Denoiser::close);
  }
}
