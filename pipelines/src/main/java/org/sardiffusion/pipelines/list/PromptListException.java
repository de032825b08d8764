package org.sardiffusion.pipelines.list;

import java.util.List;
import java.util.stream.Collectors;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/** A prompt list that can't be used: its file, one of its lines, or one of their values. */
public final class PromptListException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public PromptListException(String message, Remedy... remedies) {
    super(Kind.USAGE, message, remedies);
  }

  public PromptListException(String message, Throwable cause) {
    super(Kind.USAGE, message, cause);
  }

  /**
   * Columns or keys that are not known.
   *
   * @param where begins the message
   * @param names at least one
   */
  static PromptListException unknownColumns(String where, List<String> names) {
    return new PromptListException(
        where
            + " has "
            + names.stream().map(ImageColumns::unknown).collect(Collectors.joining(", and "))
            + ": correct the name, or let it be ignored.",
        Remedy.set("ignore_columns", String.join(",", names)));
  }
}
