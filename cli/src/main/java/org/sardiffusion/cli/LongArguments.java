package org.sardiffusion.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Arguments that were too long for a command line: the launcher puts them into a file, each ended
 * by a zero byte, since ONNX Runtime crashes in a process with more than 4096 bytes of them.
 */
final class LongArguments {
  private static final String FILE = "sardiffusion.arguments";

  private LongArguments() {}

  /** The launcher's file of arguments, which is deleted, or else {@code arguments}. */
  static String[] or(String[] arguments) {
    String file = System.getProperty(FILE);
    if (file == null) {
      return arguments;
    }
    try {
      // Bytes that are no text are replaced, as Java does with its own arguments.
      String all = new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8);
      Files.delete(Path.of(file));
      return parts(all);
    } catch (IOException e) {
      throw new UncheckedIOException("Can't read the arguments in " + file, e);
    }
  }

  private static String[] parts(String all) {
    return all.substring(0, all.length() - 1).split("\0", -1);
  }
}
