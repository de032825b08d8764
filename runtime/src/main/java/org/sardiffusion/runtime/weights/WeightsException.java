package org.sardiffusion.runtime.weights;

import java.nio.file.Path;
import org.sardiffusion.core.SarDiffusionException;

/** An ONNX file, its external data or a converted copy of it can't be read or written. */
public final class WeightsException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final String remedy;

  /**
   * @param file the file at fault
   * @param problem what is wrong with it: a clause that continues the file's name
   * @param remedy what the user can do: a whole sentence
   */
  public WeightsException(Path file, String problem, String remedy) {
    super(Kind.INPUT, message(file, problem, remedy));
    this.file = file;
    this.remedy = remedy;
  }

  /** As the other constructor, with the error that lies beneath. */
  public WeightsException(Path file, String problem, String remedy, Throwable cause) {
    super(Kind.INPUT, message(file, problem, remedy), cause);
    this.file = file;
    this.remedy = remedy;
  }

  /** The file at fault. */
  public Path file() {
    return file;
  }

  /** What the user can do about it; the end of the message. */
  public String remedy() {
    return remedy;
  }

  private static String message(Path file, String problem, String remedy) {
    return file + ": " + problem + ". " + remedy;
  }
}
