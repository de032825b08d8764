package org.sardiffusion.evaluation.semantics;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.evaluation.EvaluationException;
import org.sardiffusion.evaluation.internal.features.Vectors;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;
import org.sardiffusion.runtime.session.SessionSettings;
import org.sardiffusion.runtime.text.ClipTokenizer;

/**
 * A CLIP that knows radar images: {@code image_encoder/model.onnx} (pixel_values [B,3,S,S] to
 * image_embeds [B,P]), {@code text_encoder/model.onnx} (input_ids [B,T] to text_embeds [B,P]),
 * {@code tokenizer/} and {@code sar_clip.json}.
 *
 * <p>It holds native memory until it is closed; one thread at a time.
 */
public final class SarClip implements AutoCloseable {
  private static final String PIXELS = "pixel_values";
  private static final String IMAGE = "image_embeds";
  private static final String IDS = "input_ids";
  private static final String TEXT = "text_embeds";

  /** Captions whose embeddings are kept, so that repeated ones cost nothing. */
  private static final int KEPT_TEXTS = 4096;

  private final SarClipCard card;
  private final GraphSession imageEncoder;
  private final GraphSession textEncoder;
  private final ClipTokenizer tokenizer;
  private final Cancellation cancellation;
  private final Map<String, float[]> texts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, float[]> eldest) {
          return size() > KEPT_TEXTS;
        }
      };

  private SarClip(
      SarClipCard card,
      GraphSession imageEncoder,
      GraphSession textEncoder,
      ClipTokenizer tokenizer,
      Cancellation cancellation) {
    this.card = card;
    this.imageEncoder = imageEncoder;
    this.textEncoder = textEncoder;
    this.tokenizer = tokenizer;
    this.cancellation = cancellation;
  }

  /**
   * Loads a SAR-CLIP.
   *
   * @param cancellation stops its graphs; stays the caller's to close
   * @throws EvaluationException if the folder is no SAR-CLIP
   * @throws org.sardiffusion.core.SarDiffusionException if a graph or the tokenizer cannot be
   *     loaded
   */
  public static SarClip open(Path folder, SessionSettings settings, Cancellation cancellation) {
    SarClipCard card = SarClipCard.read(folder);
    GraphSession image = GraphSession.open(folder.resolve("image_encoder/model.onnx"), settings);
    try {
      GraphSession text = GraphSession.open(folder.resolve("text_encoder/model.onnx"), settings);
      try {
        // Graphs of another kind are refused now, by the names of their inputs.
        image.inputShape(PIXELS);
        text.inputShape(IDS);
        ClipTokenizer tokenizer = ClipTokenizer.load(folder.resolve("tokenizer"));
        return new SarClip(card, image, text, tokenizer, cancellation);
      } catch (RuntimeException e) {
        text.close();
        throw e;
      }
    } catch (RuntimeException e) {
      image.close();
      throw e;
    }
  }

  public SarClipCard card() {
    return card;
  }

  /**
   * The embedding of an image.
   *
   * @param amplitude in [0,1], of any size; NaN counts as 0
   * @return P values as the image tower gives them, not normalised
   */
  public float[] image(AmplitudeRaster amplitude) {
    float[] pixels = PillowBicubic.resize(amplitude, card.imageSize());
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (pixels[i] - card.mean()) / card.deviation();
    }
    int side = card.imageSize();
    try (HostTensor input = imageEncoder.newInput(PIXELS, 1, 3, side, side)) {
      for (int channel = 0; channel < 3; channel++) {
        input.put(channel * pixels.length, pixels);
      }
      return checked(
          imageEncoder.run(Map.of(PIXELS, input), Set.of(IMAGE), cancellation).get(IMAGE),
          imageEncoder);
    }
  }

  /**
   * The embedding of a caption; what is beyond the tokenizer's length is cut off.
   *
   * @return P values, of length 1 as a vector; not to be changed
   */
  public float[] text(String caption) {
    float[] known = texts.get(caption);
    if (known != null) {
      return known;
    }
    long[] ids = tokenizer.encode(caption).ids();
    try (HostTensor input = textEncoder.newInput(IDS, 1, ids.length)) {
      input.put(0, ids);
      float[] embedding =
          checked(
              textEncoder.run(Map.of(IDS, input), Set.of(TEXT), cancellation).get(TEXT),
              textEncoder);
      float[] unit = Vectors.unit(embedding);
      texts.put(caption, unit);
      return unit;
    }
  }

  private float[] checked(float[] embedding, GraphSession graph) {
    if (embedding.length != card.dimension()) {
      throw new EvaluationException(
          graph.model()
              + " gives embeddings of "
              + embedding.length
              + " values, but sar_clip.json says "
              + card.dimension()
              + ". Export the model again.");
    }
    return embedding;
  }

  @Override
  public void close() {
    try (imageEncoder;
        textEncoder;
        tokenizer) {
      texts.clear();
    }
  }
}
