package org.sardiffusion.geo;

import java.nio.file.Path;
import org.sardiffusion.core.SarDiffusionException;

/** A list or table that can't be read; the message names the file, the line and what to do. */
public final class TableException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  private final String problem;

  /**
   * @param problem a sentence that begins with the file
   */
  public TableException(String problem) {
    super(Kind.USAGE, problem);
    this.problem = problem;
  }

  /**
   * @param problem a sentence that begins with the file
   * @param cause what went wrong beneath
   */
  public TableException(String problem, Throwable cause) {
    super(Kind.USAGE, problem, cause);
    this.problem = problem;
  }

  /**
   * Something wrong in a line.
   *
   * @param line from 1
   * @param problem the rest of a sentence
   */
  public static TableException at(Path file, long line, String problem) {
    return new TableException(problem, file + ", line " + line + ": " + problem);
  }

  private TableException(String problem, String message) {
    super(Kind.USAGE, message);
    this.problem = problem;
  }

  /** What is wrong, without the place. */
  public String problem() {
    return problem;
  }
}
