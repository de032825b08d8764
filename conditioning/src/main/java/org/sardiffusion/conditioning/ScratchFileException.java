package org.sardiffusion.conditioning;

import java.nio.file.Path;

/** The temporary file of a large image could not be made, written or read. */
public final class ScratchFileException extends ConditioningException {
  private static final long serialVersionUID = 1L;

  /**
   * @param folder where the temporary file lies
   * @param problem what is wrong, and what to do
   */
  public ScratchFileException(Path folder, String problem) {
    super(Kind.RESOURCE, "Cannot keep the intermediate image in " + folder + ": " + problem);
  }

  /**
   * @param folder where the temporary file lies
   * @param cause what the operating system said
   */
  public ScratchFileException(Path folder, Throwable cause) {
    super(
        Kind.RESOURCE,
        "Cannot keep the intermediate image in "
            + folder
            + ": "
            + cause.getMessage()
            + ". Choose another scratch folder, or allow more memory.",
        cause);
  }
}
