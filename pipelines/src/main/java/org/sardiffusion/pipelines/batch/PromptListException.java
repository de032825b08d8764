package org.sardiffusion.pipelines.batch;

/** A prompt list that can't be used: its file, one of its lines, or one of their values. */
public final class PromptListException extends BatchException {
  private static final long serialVersionUID = 1L;

  public PromptListException(String message) {
    super(message);
  }

  public PromptListException(String message, Throwable cause) {
    super(message, cause);
  }
}
