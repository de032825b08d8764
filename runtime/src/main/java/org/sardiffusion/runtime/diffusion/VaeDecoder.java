package org.sardiffusion.runtime.diffusion;

import java.util.Map;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.bundle.VaeConfig;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;

/**
 * From latents to amplitude: unscale, decode, average the three channels, map [-1,1] to [0,1]. One
 * tile of one image at a time, so that memory does not grow with the batch.
 */
record VaeDecoder(VaeConfig vae, GraphSession session, Cancellation cancellation)
    implements TileDecoder {

  @Override
  public float[] decode(float[] latents, int height, int width) {
    int plane = height * vae.factor() * width * vae.factor();
    try (HostTensor input =
            session.newInput("latent_sample", 1, vae.latentChannels(), height, width);
        HostTensor output =
            session.newOutput(
                "sample", 1, 3, (long) height * vae.factor(), (long) width * vae.factor())) {
      input.put(0, new LatentScale(vae).toVae(latents, height * width));
      session.bind(Map.of("latent_sample", input), Map.of("sample", output)).run(cancellation);
      float[] amplitude = new float[plane];
      float[] channel = new float[plane];
      for (int c = 0; c < 3; c++) {
        output.get(c * plane, channel);
        for (int i = 0; i < plane; i++) {
          amplitude[i] += channel[i];
        }
      }
      for (int i = 0; i < plane; i++) {
        if (!Float.isFinite(amplitude[i])) {
          throw new GenerationException(
              session.model()
                  + " decoded to values that are not finite: its half precision overflows. Set force_upcast to true in"
                  + " its config.json, or export the decoder in fp32.");
        }
        amplitude[i] = amplitude[i] / 6f + 0.5f;
      }
      return amplitude;
    }
  }
}
