package org.sardiffusion.pipelines.batch;

import java.util.List;
import org.sardiffusion.pipelines.list.RejectedLine;

/**
 * What a batch came to.
 *
 * @param planned images of the plan, or of the shard
 * @param kept images that were there before
 * @param made images of this run
 * @param failures what can't be made: images and lines, by line
 * @param dataset whether all images are settled, so that the files that describe the whole dataset
 *     are written
 * @param seconds of this run
 */
public record BatchSummary(
    int planned, int kept, int made, List<RejectedLine> failures, Dataset dataset, double seconds) {
  /** How far the dataset is. */
  public enum Dataset {
    COMPLETE,
    /** Other shards are still at work. */
    PARTIAL,
    /** Images are missing, and no other process was to make them. */
    INCOMPLETE
  }

  public BatchSummary {
    failures = List.copyOf(failures);
  }
}
