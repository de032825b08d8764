package org.sardiffusion.runtime.diffusion;

import java.util.Map;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.bundle.VaeConfig;
import org.sardiffusion.runtime.noise.BatchNoise;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;

/**
 * From amplitude to latents: the channel three times, [0,1] mapped to [-1,1], encoded.
 *
 * <p>Large images are encoded in tiles with a margin of context, as {@link VaeDecoder} decodes
 * them.
 */
final class VaeEncoder {
  private static final String PARAMETERS = "latent_parameters";
  private static final String SAMPLE = "latent_sample";

  /** Bounds of the log variance, as in diffusers' {@code DiagonalGaussianDistribution}. */
  private static final double LOWEST = -30;

  private static final double HIGHEST = 20;

  private final VaeConfig vae;

  private final int tile;

  /**
   * @param tile side of the core of a tile, in latent pixels, as in {@link VaeDecoder}
   */
  VaeEncoder(VaeConfig vae, int tile) {
    this.vae = vae;
    this.tile = tile;
  }

  /**
   * The latents of one image, in the VAE's own scale: a Gaussian for each value, or what the
   * encoder itself chose.
   *
   * @param mean [channels, height, width]
   * @param deviation likewise; empty where the graph gives samples
   */
  record Encoded(float[] mean, float[] deviation) {

    /**
     * Fills a batch with latents: one draw for each of its images, as {@code retrieve_latents} of
     * diffusers' image-to-image pipeline makes it, and none where there is nothing to draw.
     */
    void sample(BatchNoise noise, float[] latents) {
      if (deviation.length > 0) {
        noise.fill(latents);
      }
      for (int i = 0; i < latents.length; i++) {
        int k = i % mean.length;
        latents[i] = deviation.length > 0 ? mean[k] + deviation[k] * latents[i] : mean[k];
      }
    }
  }

  /**
   * Encodes one image.
   *
   * <p>Where the image has no data the encoder sees its mean.
   *
   * @throws GenerationException if the result is not finite
   */
  Encoded encode(GraphSession session, InitImage image, Cancellation cancellation) {
    boolean sampled = !session.outputNames().contains(PARAMETERS);
    int height = image.size().height() / vae.factor();
    int width = image.size().width() / vae.factor();
    int length = Math.multiplyExact(vae.latentChannels(), height * width);
    float[] mean = new float[length];
    float[] deviation = new float[sampled ? 0 : length];
    float[] filled = filled(image);
    LatentGrid grid = LatentGrid.of(height, width, tile);
    for (int row = 0; row < grid.rows(); row++) {
      for (int column = 0; column < grid.columns(); column++) {
        LatentWindow context = grid.context(row, column);
        LatentWindow core = grid.core(row, column);
        LatentWindow pixels = context.scaled(vae.factor());
        float[] part = pixels.cut(filled, image.size().height(), image.size().width());
        Encoded encoded = encode(session, part, context, cancellation);
        copy(encoded.mean, context, mean, grid, core);
        if (!sampled) {
          copy(encoded.deviation, context, deviation, grid, core);
        }
      }
    }
    for (int i = 0; i < deviation.length; i++) {
      deviation[i] = deviation(deviation[i]);
    }
    requireFinite(mean, session);
    requireFinite(deviation, session);
    return new Encoded(mean, deviation);
  }

  /**
   * Encodes one tile.
   *
   * @param amplitude in [0,1], all of it with data
   * @param noise standard normal, [channels, height, width]
   * @return latents in the UNet's scale
   * @throws GenerationException if the result is not finite
   */
  float[] encodeOnce(
      GraphSession session,
      float[] amplitude,
      LatentWindow size,
      float[] noise,
      Cancellation cancellation) {
    float[] plane = new float[amplitude.length];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = 2 * amplitude[i] - 1;
    }
    Encoded encoded = encode(session, plane, size, cancellation);
    float[] latents = encoded.mean.clone();
    for (int i = 0; i < encoded.deviation.length; i++) {
      latents[i] += deviation(encoded.deviation[i]) * noise[i];
    }
    requireFinite(latents, session);
    new LatentScale(vae).toUNet(latents, size.height() * size.width());
    return latents;
  }

  private static float deviation(float logVariance) {
    return (float) Math.exp(0.5 * Math.min(HIGHEST, Math.max(LOWEST, logVariance)));
  }

  /** Copies the core of a tile into the whole. */
  private void copy(
      float[] part, LatentWindow context, float[] whole, LatentGrid grid, LatentWindow core) {
    for (int channel = 0; channel < vae.latentChannels(); channel++) {
      for (int line = core.top(); line < core.top() + core.height(); line++) {
        System.arraycopy(
            part,
            (channel * context.height() + line - context.top()) * context.width()
                + core.left()
                - context.left(),
            whole,
            (channel * grid.height() + line) * grid.width() + core.left(),
            core.width());
      }
    }
  }

  /** What the encoder sees: [0,1] mapped to [-1,1], gaps filled. */
  private static float[] filled(InitImage image) {
    float[] plane = new float[image.amplitude().length];
    float mean = image.mean();
    for (int i = 0; i < plane.length; i++) {
      float amplitude = image.amplitude()[i];
      plane[i] = 2 * (Float.isNaN(amplitude) ? mean : amplitude) - 1;
    }
    return plane;
  }

  /** Mean and log variance of one part of an image. */
  private Encoded encode(
      GraphSession session, float[] plane, LatentWindow size, Cancellation cancellation) {
    boolean sampled = !session.outputNames().contains(PARAMETERS);
    String name = sampled ? SAMPLE : PARAMETERS;
    int length = vae.latentChannels() * size.height() * size.width();
    long factor = vae.factor();
    try (HostTensor input =
            session.newInput("sample", 1, 3, size.height() * factor, size.width() * factor);
        HostTensor output =
            session.newOutput(
                name, 1, vae.latentChannels() * (sampled ? 1L : 2L), size.height(), size.width())) {
      for (int channel = 0; channel < 3; channel++) {
        input.put(channel * plane.length, plane);
      }
      session.bind(Map.of("sample", input), Map.of(name, output)).run(cancellation);
      float[] mean = new float[length];
      float[] logVariance = new float[sampled ? 0 : length];
      output.get(0, mean);
      output.get(sampled ? 0 : length, logVariance);
      return new Encoded(mean, logVariance);
    }
  }

  private static void requireFinite(float[] values, GraphSession session) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new GenerationException(
            session.model()
                + " encodes the init image to values that are not finite. Export the encoder in fp32, or set"
                + " force_upcast to true in its config.json.");
      }
    }
  }
}
