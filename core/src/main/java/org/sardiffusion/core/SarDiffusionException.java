package org.sardiffusion.core;

import java.util.List;

/**
 * Base of every error that its user can act upon.
 *
 * <p>The message says what happened, where, and what to do, in the words of a library: it speaks of
 * parameters, never of options of a command or fields of a form. What would help and can be named
 * is a {@link Remedy}, which a command words as an option and a service as a field.
 */
public abstract class SarDiffusionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is, and so who can help. */
  public enum Kind {
    /** Other parameters would help. */
    USAGE,
    /** A file is damaged, or not of the kind that was expected. */
    INPUT,
    /** The machine lacks memory, disk space, a device or a permission. */
    RESOURCE,
    /** The work itself failed. */
    FAILURE,
    /** Somebody asked for it to stop. */
    CANCELLED
  }

  private final Kind kind;
  private final transient List<Remedy> remedies;

  protected SarDiffusionException(Kind kind, String message, Remedy... remedies) {
    super(message);
    this.kind = kind;
    this.remedies = List.of(remedies);
  }

  protected SarDiffusionException(Kind kind, String message, Throwable cause, Remedy... remedies) {
    super(message, cause);
    this.kind = kind;
    this.remedies = List.of(remedies);
  }

  public final Kind kind() {
    return kind;
  }

  /** Changes of parameters that would help, the best first; often none can be named. */
  public final List<Remedy> remedies() {
    return remedies == null ? List.of() : remedies;
  }
}
