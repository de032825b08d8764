package org.sardiffusion.training.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.sardiffusion.training.internal.dataset.Json;

/**
 * What a training set says of itself: the file {@code dataset.json}.
 *
 * @param schema version of this file's form: 1
 * @param software name and version of the program
 * @param settings everything that decides what the set holds
 * @param splits {@code train}, {@code validation}, {@code test}, in this order
 * @param dropped patches that were not kept, by {@linkplain DropReason#label() reason}
 * @param sources what each source gave
 * @param failed sources that could not be used, and why
 * @param dataSha256 SHA-256 over the lines that {@code sha256sum} prints for all files of the three
 *     split folders in the order of their paths: {@code find train validation test -type f |
 *     LC_ALL=C sort | xargs sha256sum | sha256sum}
 */
public record DatasetManifest(
    int schema,
    String software,
    JsonNode settings,
    Map<String, SplitSummary> splits,
    Map<String, Integer> dropped,
    List<SourceSummary> sources,
    List<Failure> failed,
    String dataSha256) {
  public static final String FILE = "dataset.json";

  /**
   * One split.
   *
   * @param images how many patches
   * @param scenes of how many scenes
   * @param categories patches by primary label; {@code unlabelled} where no keyword was found
   * @param labels patches by any of their labels
   */
  public record SplitSummary(
      int images, int scenes, Map<String, Integer> categories, Map<String, Integer> labels) {}

  /**
   * One source.
   *
   * @param source its path
   * @param sha256 of the file
   * @param scene that it shows
   * @param split that its scene belongs to
   * @param size columns and rows
   * @param complex whether it was complex
   * @param spacing of the source, metres between columns and between rows
   * @param reachedSpacing of its patches, likewise
   * @param divisor amplitude that became 1
   * @param kept patches that entered
   * @param dropped patches that did not
   */
  public record SourceSummary(
      String source,
      String sha256,
      String scene,
      String split,
      int[] size,
      boolean complex,
      double[] spacing,
      double[] reachedSpacing,
      double divisor,
      int kept,
      int dropped) {}

  /**
   * A source that could not be used.
   *
   * @param source its path
   * @param problem why
   */
  public record Failure(String source, String problem) {}

  /** The manifest of a finished training set. */
  public static DatasetManifest read(Path folder) {
    return Json.read(folder.resolve(FILE), DatasetManifest.class);
  }

  /** Patches in all splits. */
  public int images() {
    return splits.values().stream().mapToInt(SplitSummary::images).sum();
  }
}
