package org.sardiffusion.runtime.weights.adapters;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What to add to a model.
 *
 * @param loras low-rank changes, all added together
 * @param embeddings textual-inversion files, in the order in which their tokens are numbered
 */
public record Adapters(List<Lora> loras, List<Path> embeddings) {

  /** No change. */
  public static final Adapters NONE = new Adapters(List.of(), List.of());

  /**
   * One LoRA file.
   *
   * @param weight what its change is multiplied by: 1 as trained, 0 not at all, negative against it
   */
  public record Lora(Path file, double weight) {
    public Lora {
      if (!Double.isFinite(weight)) {
        throw new AdapterException(
            "The weight of " + file + " is " + weight + ": give a number, such as 0.8.");
      }
    }
  }

  public Adapters {
    loras = List.copyOf(loras);
    embeddings = List.copyOf(embeddings);
  }

  public boolean isEmpty() {
    return loras.isEmpty() && embeddings.isEmpty();
  }

  /**
   * Which files these are, LoRAs first; reads them all.
   *
   * @throws org.sardiffusion.runtime.bundle.BundleException if one can't be read
   */
  public List<AdapterIdentity> identities() {
    return Stream.concat(
            loras.stream().map(AdapterIdentity::of),
            embeddings.stream().map(AdapterIdentity::ofEmbedding))
        .toList();
  }
}
