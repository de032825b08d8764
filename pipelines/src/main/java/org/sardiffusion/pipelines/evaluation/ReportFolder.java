package org.sardiffusion.pipelines.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.evaluation.EvaluationException;
import org.sardiffusion.evaluation.report.EvaluationReport;

/** Where a report goes; files of a former report are replaced, others stay. */
public final class ReportFolder {
  private static final String PAGE = "index.html";

  private final Path folder;

  private ReportFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Finds out, before long work, whether a report could be written there.
   *
   * @throws EvaluationException if it is a file
   * @throws org.sardiffusion.core.io.OutputException if nothing can be written there
   */
  public static ReportFolder at(Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new EvaluationException(
          folder + " is a file; a report is a folder. Choose another name for it.");
    }
    AtomicOutput.probe(folder.resolve(PAGE));
    return new ReportFolder(folder);
  }

  /** The page to open. */
  public Path page() {
    return folder.resolve(PAGE);
  }

  /**
   * Writes every file, each whole or not at all, the page last.
   *
   * @throws org.sardiffusion.core.io.OutputException if one could not be written
   */
  public void write(EvaluationReport report) {
    report
        .files()
        .forEach(
            (name, bytes) ->
                AtomicOutput.write(
                    folder.resolve(name), bytes.length, file -> Files.write(file, bytes)));
  }
}
