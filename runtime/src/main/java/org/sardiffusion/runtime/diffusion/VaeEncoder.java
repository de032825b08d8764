package org.sardiffusion.runtime.diffusion;

import java.util.Map;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.bundle.VaeConfig;
import org.sardiffusion.runtime.internal.noise.BatchNoise;
import org.sardiffusion.runtime.internal.tiling.Planes;
import org.sardiffusion.runtime.internal.tiling.VaeTiling;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;

/**
 * From amplitude to latents: the channel three times, [0,1] mapped to [-1,1], encoded. Large images
 * are encoded in tiles with a margin of context.
 */
final class VaeEncoder {
  private static final String PARAMETERS = "latent_parameters";
  private static final String SAMPLE = "latent_sample";

  /** Bounds of the log variance, as in diffusers' {@code DiagonalGaussianDistribution}. */
  private static final double LOWEST = -30;

  private static final double HIGHEST = 20;

  private final VaeConfig vae;
  private final GraphSession session;
  private final Cancellation cancellation;

  VaeEncoder(VaeConfig vae, GraphSession session, Cancellation cancellation) {
    this.vae = vae;
    this.session = session;
    this.cancellation = cancellation;
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
   * @param tile side of the core of a tile, latent pixels
   * @throws GenerationException if the result is not finite
   */
  Encoded encode(InitImage image, int tile) {
    int height = image.size().height() / vae.factor();
    int width = image.size().width() / vae.factor();
    Planes filled = new Planes(image.size().window(), filled(image));
    VaeTiling tiling = VaeTiling.ofSquares(height, width, tile);
    Window whole = new Window(0, 0, width, height);
    Planes mean = Planes.of(whole, vae.latentChannels());
    Planes deviation = Planes.of(whole, isSampled() ? 0 : vae.latentChannels());
    for (int row = 0; row < tiling.rows().count(); row++) {
      for (int column = 0; column < tiling.columns().count(); column++) {
        Window context = tiling.context(row, column);
        Window core = tiling.core(row, column);
        float[] part = filled.cut(context.times(vae.factor())).values();
        Encoded encoded = encode(part, context.height(), context.width());
        new Planes(context, encoded.mean).copy(core, mean);
        new Planes(context, encoded.deviation).copy(core, deviation);
      }
    }
    for (int i = 0; i < deviation.values().length; i++) {
      deviation.values()[i] = deviation(deviation.values()[i]);
    }
    requireFinite(mean.values());
    requireFinite(deviation.values());
    return new Encoded(mean.values(), deviation.values());
  }

  /**
   * Encodes a tile.
   *
   * @param amplitude in [0,1], all of it with data, [height * factor, width * factor]
   * @param height rows of the latents
   * @param width columns of the latents
   * @param noise standard normal, [channels, height, width]: the draw from the encoder's Gaussian,
   *     where it gives one
   * @return latents as the UNet knows them, [channels, height, width]
   * @throws GenerationException if the result is not finite
   */
  float[] encode(float[] amplitude, int height, int width, float[] noise) {
    float[] plane = new float[amplitude.length];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = 2 * amplitude[i] - 1;
    }
    Encoded encoded = encode(plane, height, width);
    float[] latents = encoded.mean.clone();
    for (int i = 0; i < encoded.deviation.length; i++) {
      latents[i] += deviation(encoded.deviation[i]) * noise[i];
    }
    requireFinite(latents);
    new LatentScale(vae).toUNet(latents, height * width);
    return latents;
  }

  private static float deviation(float logVariance) {
    return (float) Math.exp(0.5 * Math.min(HIGHEST, Math.max(LOWEST, logVariance)));
  }

  /** Whether the graph draws from its Gaussians itself. */
  private boolean isSampled() {
    return !session.outputNames().contains(PARAMETERS);
  }

  /** What the encoder sees: [0,1] mapped to [-1,1], nodata filled. */
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
  private Encoded encode(float[] plane, int height, int width) {
    boolean sampled = isSampled();
    String name = sampled ? SAMPLE : PARAMETERS;
    int length = vae.latentChannels() * height * width;
    long factor = vae.factor();
    try (HostTensor input = session.newInput("sample", 1, 3, height * factor, width * factor);
        HostTensor output =
            session.newOutput(name, 1, vae.latentChannels() * (sampled ? 1L : 2L), height, width)) {
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

  private void requireFinite(float[] values) {
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
