package org.sardiffusion.runtime.diffusion;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundleException;
import org.sardiffusion.runtime.text.EncodedPrompt;

/** What the UNet is guided by: prompts, encoded, with their micro-conditioning. */
final class GuidanceEncoder implements AutoCloseable {
  private final Bundle bundle;
  private final EmbeddingCache encoder;
  private final List<String> learned;

  /**
   * @param learned the tokens of embeddings, which only prompts that name them use
   */
  GuidanceEncoder(Bundle bundle, EmbeddingCache encoder, List<String> learned) {
    this.bundle = bundle;
    this.encoder = encoder;
    this.learned = learned;
  }

  /**
   * What prompts are encoded for.
   *
   * @param seen pixels that the UNet sees at a time: the image's size, or that of a tile, which is
   *     what it was trained on
   */
  record Purpose(Sampling sampling, Size seen, Optional<ControlScales> control) {}

  /**
   * Encodes a prompt, and the negative one where something is guided.
   *
   * @param listener hears of words that were cut, and of embeddings that nothing names
   */
  Denoiser.GuidanceInputs encode(
      Prompt text, Purpose purpose, Progress listener, Cancellation cancellation) {
    Sampling sampling = purpose.sampling();
    EncodedPrompt prompt = encoder.encode(text.text(), sampling.clipSkip(), cancellation);
    prompt.warnings().forEach(listener::note);
    int timeIds = timeIdCount(prompt);
    Size seen = purpose.seen();
    boolean guess = purpose.control().filter(c -> c.mode() == Control.Mode.GUESS).isPresent();
    Conditioning positive =
        new Conditioning(
            prompt,
            sampling.conditioning().timeIds(seen, timeIds),
            guess ? ResidualWeighting.GRADED : ResidualWeighting.ALL);
    // A distilled UNet takes the guidance scale as an input and needs no second prediction.
    boolean guided =
        sampling.guidance().active() && bundle.unet().guidanceEmbeddingWidth().isEmpty();
    noteUnused(
        text.text() + " " + sampling.negativePrompt().filter(negative -> guided).orElse(""),
        listener);
    if (!guided) {
      return new Denoiser.GuidanceInputs(
          List.of(positive), Optional.empty(), sampling.guidance(), purpose.control());
    }
    EncodedPrompt negative;
    if (sampling.negativePrompt().isEmpty() && bundle.zeroEmptyNegative()) {
      negative = prompt.zeros();
    } else {
      // diffusers skips layers for the prompt only.
      negative = encoder.encode(sampling.negativePrompt().orElse(""), 0, cancellation);
      negative.warnings().forEach(w -> listener.note("Negative prompt: " + w));
    }
    MicroConditioning away =
        sampling.negativeConditioning().orElse(sampling.conditioning().forNegative());
    return new Denoiser.GuidanceInputs(
        List.of(positive),
        Optional.of(
            List.of(
                new Conditioning(
                    negative,
                    away.timeIds(seen, timeIds),
                    guess ? ResidualWeighting.NONE : ResidualWeighting.ALL))),
        sampling.guidance(),
        purpose.control());
  }

  private void noteUnused(String prompts, Progress listener) {
    String lower = prompts.toLowerCase(Locale.ROOT);
    for (String token : learned) {
      if (!lower.contains(token.toLowerCase(Locale.ROOT))) {
        listener.note(
            "Neither prompt names "
                + token
                + ", the token of an embedding: without it the embedding changes nothing.");
      }
    }
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
