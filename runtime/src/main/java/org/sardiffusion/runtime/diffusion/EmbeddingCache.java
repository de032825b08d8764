package org.sardiffusion.runtime.diffusion;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.text.EncodedPrompt;
import org.sardiffusion.runtime.text.PromptEncoder;

/**
 * Encodes prompts, and keeps those that were used last: many images of few prompts run the text
 * encoders once for each prompt. Threads wait for each other.
 */
final class EmbeddingCache implements AutoCloseable {
  /**
   * Room for a dozen of SDXL's embeddings of 77 x 2048 values: lists go through their prompts one
   * after the other, and more would only take memory.
   */
  private static final long MOST_VALUES = 2L << 20;

  /** Small models' embeddings would otherwise grow old by the hundred before they are dropped. */
  private static final int MOST_PROMPTS = 16;

  private final PromptEncoder encoder;
  private final Map<Key, EncodedPrompt> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long values;

  private record Key(String prompt, int clipSkip) {}

  EmbeddingCache(PromptEncoder encoder) {
    this.encoder = encoder;
  }

  /** As {@link PromptEncoder#encode}; whoever gets an embedding must not change its values. */
  synchronized EncodedPrompt encode(String prompt, int clipSkip, Cancellation cancellation) {
    Key key = new Key(prompt, clipSkip);
    EncodedPrompt known = kept.get(key);
    if (known != null) {
      return known;
    }
    EncodedPrompt encoded = encoder.encode(prompt, clipSkip, cancellation);
    kept.put(key, encoded);
    values += size(encoded);
    Iterator<EncodedPrompt> oldest = kept.values().iterator();
    while (kept.size() > MOST_PROMPTS || values > MOST_VALUES && kept.size() > 1) {
      values -= size(oldest.next());
      oldest.remove();
    }
    return encoded;
  }

  private static long size(EncodedPrompt prompt) {
    return (long) prompt.hidden().length + prompt.pooled().length;
  }

  @Override
  public void close() {
    kept.clear();
    encoder.close();
  }
}
