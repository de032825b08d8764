package org.sardiffusion.runtime.diffusion;

import java.util.Map;
import org.sardiffusion.runtime.bundle.VaeConfig;
import org.sardiffusion.runtime.noise.BatchNoise;
import org.sardiffusion.runtime.session.Cancellation;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;

/** From amplitude to latents: the channel three times, [0,1] mapped to [-1,1], encoded. */
final class VaeEncoder {
  private static final String PARAMETERS = "latent_parameters";
  private static final String SAMPLE = "latent_sample";

  /** Bounds of the log variance, as in diffusers' {@code DiagonalGaussianDistribution}. */
  private static final double LOWEST = -30;

  private static final double HIGHEST = 20;

  private final VaeConfig vae;

  VaeEncoder(VaeConfig vae) {
    this.vae = vae;
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
    ImageSize size = image.size();
    boolean sampled = !session.outputNames().contains(PARAMETERS);
    String name = sampled ? SAMPLE : PARAMETERS;
    int height = size.height() / vae.factor();
    int width = size.width() / vae.factor();
    int length = Math.multiplyExact(vae.latentChannels(), height * width);
    try (HostTensor input = session.newInput("sample", 1, 3, size.height(), size.width());
        HostTensor output =
            session.newOutput(name, 1, vae.latentChannels() * (sampled ? 1L : 2L), height, width)) {
      float[] plane = new float[image.amplitude().length];
      float mean = image.mean();
      for (int i = 0; i < plane.length; i++) {
        float amplitude = image.amplitude()[i];
        plane[i] = 2 * (Float.isNaN(amplitude) ? mean : amplitude) - 1;
      }
      for (int channel = 0; channel < 3; channel++) {
        input.put(channel * plane.length, plane);
      }
      session.bind(Map.of("sample", input), Map.of(name, output)).run(cancellation);
      float[] means = new float[length];
      float[] deviation = new float[sampled ? 0 : length];
      output.get(0, means);
      output.get(sampled ? 0 : length, deviation);
      for (int i = 0; i < deviation.length; i++) {
        double logVariance = Math.min(HIGHEST, Math.max(LOWEST, deviation[i]));
        deviation[i] = (float) Math.exp(0.5 * logVariance);
      }
      requireFinite(means, session);
      requireFinite(deviation, session);
      return new Encoded(means, deviation);
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
