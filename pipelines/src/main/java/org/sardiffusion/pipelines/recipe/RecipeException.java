package org.sardiffusion.pipelines.recipe;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/** A recipe that can't be replayed: it is of another version, damaged, or of another model. */
public final class RecipeException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public RecipeException(String message, Remedy... remedies) {
    super(Kind.INPUT, message, remedies);
  }

  public RecipeException(String message, Throwable cause) {
    super(Kind.INPUT, message, cause);
  }
}
