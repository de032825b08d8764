package org.sardiffusion.runtime.weights.adapters;

import java.nio.file.Path;
import org.sardiffusion.runtime.bundle.ModelIdentity;

/**
 * Which adapter was added to a model, and how much of it.
 *
 * @param kind what it is
 * @param file its file's name, without the folder
 * @param sha256 of the file, 64 hexadecimal digits
 * @param weight what its change was multiplied by; 1 for an embedding
 */
public record AdapterIdentity(Kind kind, String file, String sha256, double weight) {

  /** The kinds of adapters. */
  public enum Kind {
    LORA("lora"),
    EMBEDDING("embedding");

    private final String id;

    Kind(String id) {
      this.id = id;
    }

    /** Its name in recipes and in {@code sar_config.json}. */
    public String id() {
      return id;
    }
  }

  /** Reads a LoRA's file. */
  static AdapterIdentity of(Adapters.Lora lora) {
    return new AdapterIdentity(
        Kind.LORA,
        lora.file().getFileName().toString(),
        ModelIdentity.sha256(lora.file()),
        lora.weight());
  }

  /** Reads an embedding's file. */
  static AdapterIdentity ofEmbedding(Path file) {
    return new AdapterIdentity(
        Kind.EMBEDDING, file.getFileName().toString(), ModelIdentity.sha256(file), 1);
  }
}
