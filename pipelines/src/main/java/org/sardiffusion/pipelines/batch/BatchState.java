package org.sardiffusion.pipelines.batch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.sardiffusion.pipelines.internal.dataset.DatasetImage;
import org.sardiffusion.pipelines.list.RejectedLine;
import org.sardiffusion.pipelines.plan.BatchPlan;
import org.sardiffusion.pipelines.plan.PlannedImage;

/**
 * How far a plan is.
 *
 * @param entries of the journals, by the images' ids
 */
record BatchState(BatchPlan plan, Map<String, JournalEntry> entries) {
  /** Whether every image is complete or failed. */
  boolean through() {
    return plan.images().stream().allMatch(image -> entries.containsKey(image.id()));
  }

  /** Lines and images that can't be made. */
  List<RejectedLine> failures() {
    List<RejectedLine> failures = new ArrayList<>(plan.rejected());
    for (PlannedImage image : plan.images()) {
      if (entries.get(image.id()) instanceof JournalEntry.Failed failed) {
        failures.add(
            new RejectedLine(image.line(), image.request().prompt().text(), failed.reason()));
      }
    }
    failures.sort(Comparator.comparingInt(RejectedLine::number));
    return failures;
  }

  /** The images that are complete, in the plan's order. */
  List<DatasetImage> images(BatchOutput output) {
    List<DatasetImage> images = new ArrayList<>();
    for (PlannedImage image : plan.images()) {
      if (entries.get(image.id()) instanceof JournalEntry.Done done) {
        images.add(
            new DatasetImage(
                image, done.files(), done.statistics(), ImageWriter.thumbnail(output, image)));
      }
    }
    return images;
  }
}
