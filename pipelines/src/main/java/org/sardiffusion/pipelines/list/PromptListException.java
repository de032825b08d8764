package org.sardiffusion.pipelines.list;

import org.sardiffusion.runtime.SarDiffusionException;

/** A prompt list that can't be used: its file, one of its lines, or one of their values. */
public final class PromptListException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public PromptListException(String message) {
    super(message);
  }

  public PromptListException(String message, Throwable cause) {
    super(message, cause);
  }
}
