package org.sardiffusion.training.internal.run;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sardiffusion.training.TrainingBridgeException;

/**
 * What the trainers of one run printed besides their events: their standard error, one after the
 * other.
 *
 * @param file {@code trainer.log} in the run's folder
 * @param begin where the present trainer's lines begin, in bytes
 */
public record TrainerLog(Path file, long begin) {
  private static final int LAST_LINES = 20;
  private static final int LAST_BYTES = 8192;

  /**
   * The log of a trainer about to start; the folder is made if need be.
   *
   * @throws TrainingBridgeException if it can't be written
   */
  public static TrainerLog in(Path folder) {
    Path file = folder.resolve("trainer.log");
    try {
      Files.createDirectories(folder);
      if (Files.notExists(file)) {
        Files.createFile(file);
      }
      if (!Files.isWritable(file)) {
        throw new IOException("it is read-only");
      }
      return new TrainerLog(file, Files.size(file));
    } catch (IOException e) {
      throw new TrainingBridgeException(
          "Can't write " + file + ": " + Reason.of(e) + ". Choose another folder for the run.", e);
    }
  }

  /** The last lines that the trainer printed; none if it printed none or they can't be read. */
  public List<String> lastWords() {
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      long from = Math.max(begin, log.length() - LAST_BYTES);
      log.seek(from);
      byte[] bytes = new byte[(int) Math.max(0, log.length() - from)];
      log.readFully(bytes);
      List<String> lines =
          new String(bytes, StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .toList();
      return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
    } catch (IOException e) {
      return List.of();
    }
  }
}
