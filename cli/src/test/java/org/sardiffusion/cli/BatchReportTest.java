package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardiffusion.pipelines.batch.BatchSummary;
import org.sardiffusion.pipelines.plan.BatchPlan;

class BatchReportTest {
  private final BatchReport report =
      new BatchReport(new BatchPlan(List.of(), List.of(), 0, 1), Path.of("dataset"));

  private static BatchSummary summary(BatchSummary.Dataset dataset) {
    return new BatchSummary(4, 0, 3, List.of(), dataset, 1);
  }

  @Test
  void missingImagesAreToldAndAFailure() {
    StringWriter err = new StringWriter();
    BatchSummary incomplete = summary(BatchSummary.Dataset.INCOMPLETE);
    report.print(incomplete, new PrintWriter(new StringWriter()), new PrintWriter(err, true));
    assertTrue(err.toString().contains("still missing"), err.toString());
    assertEquals(1, report.status(incomplete));
    assertEquals(0, report.status(summary(BatchSummary.Dataset.COMPLETE)));
    assertEquals(0, report.status(summary(BatchSummary.Dataset.PARTIAL)), "others are at work");
  }
}
