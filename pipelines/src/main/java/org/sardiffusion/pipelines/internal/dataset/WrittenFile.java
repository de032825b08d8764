package org.sardiffusion.pipelines.internal.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sardiffusion.core.io.Sha256;

/**
 * A file of the dataset as it was written.
 *
 * @param path from the dataset's folder, with slashes
 * @param bytes its length
 * @param sha256 in hexadecimal
 */
public record WrittenFile(String path, long bytes, String sha256) {

  public static WrittenFile of(Path folder, Path file) throws IOException {
    return new WrittenFile(
        folder.relativize(file).toString().replace('\\', '/'), Files.size(file), Sha256.hex(file));
  }

  /** Whether the file is still as it was written. */
  public boolean intact(Path folder) {
    Path file = folder.resolve(path);
    try {
      return Files.isRegularFile(file)
          && Files.size(file) == bytes
          && Sha256.hex(file).equals(sha256);
    } catch (IOException e) {
      // What can't be read is as good as gone: it is made again, and writing says what is wrong.
      return false;
    }
  }
}
