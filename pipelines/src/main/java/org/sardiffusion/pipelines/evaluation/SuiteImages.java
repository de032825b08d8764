package org.sardiffusion.pipelines.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.evaluation.suite.PromptSuite;
import org.sardiffusion.evaluation.suite.SuitePrompt;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.pipelines.batch.BatchOutput;
import org.sardiffusion.pipelines.list.PromptLine;
import org.sardiffusion.pipelines.list.PromptList;
import org.sardiffusion.pipelines.plan.BatchPlan;
import org.sardiffusion.pipelines.plan.PlanSettings;

/**
 * The images of a prompt suite as a batch, which can be stopped and continued like any other. They
 * lie in the folder {@code images} of a run, where {@link ImageFolder} finds them.
 */
public final class SuiteImages {
  /** The folder of a run's images. */
  static final String FOLDER = "images";

  private SuiteImages() {}

  /**
   * Plans a suite: every image with a seed of its own, the same for every model.
   *
   * @param suite what to show
   * @param opening what every prompt begins with
   * @param imagesPerLabel at least 1
   * @param settings size, steps and guidance; the seed of its defaults is the first image's
   */
  public static BatchPlan plan(
      PromptSuite suite, String opening, int imagesPerLabel, PlanSettings settings) {
    List<PromptLine> lines = new ArrayList<>();
    for (SuitePrompt prompt :
        suite.prompts(opening, imagesPerLabel, settings.defaults().sampling().seed())) {
      Map<String, List<String>> options = new LinkedHashMap<>();
      options.put("prompt", List.of(prompt.prompt()));
      options.put("label", List.of(prompt.label()));
      options.put("seed", List.of(Long.toString(prompt.seed())));
      options.put("count", List.of("1"));
      lines.add(new PromptLine(lines.size() + 1, options, Optional.empty()));
    }
    return BatchPlan.of(new PromptList(Path.of("suite"), lines, List.of(), List.of()), settings);
  }

  /**
   * Where a run's images go: 8-bit pictures, as most real images are.
   *
   * @param run the folder of the run
   */
  public static BatchOutput output(Path run) {
    return BatchOutput.to(run.resolve(FOLDER), ImageFormat.PNG);
  }
}
