package org.sardiffusion.geo.table.parquet;

/** What this package does not read; {@link ParquetFile} adds the file and the column. */
final class UnreadableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param problem the rest of a sentence that begins with a file or a column
   */
  UnreadableException(String problem) {
    super(problem);
  }

  UnreadableException(String problem, Throwable cause) {
    super(problem, cause);
  }

  static UnreadableException damaged() {
    return new UnreadableException("is cut off or damaged");
  }
}
