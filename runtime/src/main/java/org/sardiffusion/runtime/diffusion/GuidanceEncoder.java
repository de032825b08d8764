package org.sardiffusion.runtime.diffusion;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundleException;
import org.sardiffusion.runtime.text.EncodedPrompt;

/** What a request guides the UNet by: its prompts, encoded, with their micro-conditioning. */
final class GuidanceEncoder implements AutoCloseable {
  private final Bundle bundle;
  private final EmbeddingCache encoder;

  GuidanceEncoder(Bundle bundle, EmbeddingCache encoder) {
    this.bundle = bundle;
    this.encoder = encoder;
  }

  /**
   * Encodes the prompts of a request.
   *
   * @param listener hears of words that were cut
   */
  Denoiser.GuidanceInputs encode(
      DiffusionRequest request, DiffusionListener listener, Cancellation cancellation) {
    EncodedPrompt prompt = encoder.encode(request.prompt(), request.clipSkip(), cancellation);
    prompt.warnings().forEach(listener::warning);
    int timeIds = timeIdCount(prompt);
    // A tile is all that the UNet sees, and of the size that it was trained on.
    Size seen =
        request.cover().map(cover -> cover.tileSize(bundle.vae().factor())).orElse(request.size());
    boolean guess = request.control().filter(c -> c.mode() == Control.Mode.GUESS).isPresent();
    Conditioning positive =
        new Conditioning(
            prompt,
            request.conditioning().timeIds(seen, timeIds),
            guess ? ResidualWeighting.GRADED : ResidualWeighting.ALL);
    // A distilled UNet takes the guidance scale as an input and needs no second prediction.
    boolean guided =
        request.guidance().active() && bundle.unet().guidanceEmbeddingWidth().isEmpty();
    if (!guided) {
      return new Denoiser.GuidanceInputs(
          List.of(positive), Optional.empty(), request.guidance(), request.control());
    }
    EncodedPrompt negative;
    if (request.negativePrompt().isEmpty() && bundle.zeroEmptyNegative()) {
      negative = prompt.zeros();
    } else {
      // diffusers skips layers for the prompt only.
      negative = encoder.encode(request.negativePrompt().orElse(""), 0, cancellation);
      negative.warnings().forEach(w -> listener.warning("Negative prompt: " + w));
    }
    MicroConditioning away =
        request.negativeConditioning().orElse(request.conditioning().forNegative());
    return new Denoiser.GuidanceInputs(
        List.of(positive),
        Optional.of(
            List.of(
                new Conditioning(
                    negative,
                    away.timeIds(seen, timeIds),
                    guess ? ResidualWeighting.NONE : ResidualWeighting.ALL))),
        request.guidance(),
        request.control());
  }

  /** What a distilled UNet takes in place of guidance; empty for others. */
  float[] embedding(Guidance guidance) {
    return bundle.unet().guidanceEmbeddingWidth().isPresent()
        ? GuidanceEmbedding.of(guidance.scale(), bundle.unet().guidanceEmbeddingWidth().getAsInt())
        : new float[0];
  }

  private int timeIdCount(EncodedPrompt prompt) {
    int room = bundle.unet().addedEmbeddingWidth() - prompt.pooled().length;
    int count = room / bundle.unet().timeIdWidth();
    if (room % bundle.unet().timeIdWidth() != 0 || (count != 5 && count != 6)) {
      throw new BundleException(
          bundle.root()
              + ": the UNet takes "
              + bundle.unet().addedEmbeddingWidth()
              + " added embedding values, which fits neither 5 nor 6 micro-conditioning numbers beside a pooled text"
              + " embedding of "
              + prompt.pooled().length
              + ". The UNet and text_encoder_2 are of two models.");
    }
    return count;
  }

  @Override
  public void close() {
    encoder.close();
  }
}
