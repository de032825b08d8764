package org.sardiffusion.runtime.text;

import java.nio.file.Path;
import org.sardiffusion.core.SarDiffusionException;

/** A tokenizer that can't be loaded, or a prompt that it can't encode. */
public final class TokenizerException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  TokenizerException(String message) {
    super(Kind.INPUT, message);
  }

  TokenizerException(String message, Throwable cause) {
    super(Kind.INPUT, message, cause);
  }

  /** Something in a file of a bundle that is not what a CLIP tokenizer holds. */
  static TokenizerException inFile(Path file, String problem) {
    return new TokenizerException(message(file, problem));
  }

  /** A file of a bundle that can't be read. */
  static TokenizerException inFile(Path file, String problem, Throwable cause) {
    return new TokenizerException(message(file, problem), cause);
  }

  private static String message(Path file, String problem) {
    return "%s: %s. Export or copy this tokenizer folder of the bundle anew."
        .formatted(file, problem);
  }
}
