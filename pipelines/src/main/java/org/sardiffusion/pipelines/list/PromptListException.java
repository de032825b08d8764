package org.sardiffusion.pipelines.list;

import org.sardiffusion.core.SarDiffusionException;

/** A prompt list that can't be used: its file, one of its lines, or one of their values. */
public final class PromptListException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public PromptListException(String message) {
    super(Kind.USAGE, message);
  }

  public PromptListException(String message, Throwable cause) {
    super(Kind.USAGE, message, cause);
  }
}
