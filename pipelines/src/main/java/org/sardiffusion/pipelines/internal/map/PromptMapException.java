package org.sardiffusion.pipelines.internal.map;

import java.nio.file.Path;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/** A prompt map that can't be used: its file, one of its regions, or a place that none covers. */
public final class PromptMapException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public PromptMapException(String message, Remedy... remedies) {
    super(Kind.USAGE, message, remedies);
  }

  public PromptMapException(String message, Throwable cause) {
    super(Kind.USAGE, message, cause);
  }

  /** Something wrong in a line of a file. */
  static PromptMapException at(Path file, long line, String problem) {
    return new PromptMapException(file + ", line " + line + ": " + problem);
  }
}
