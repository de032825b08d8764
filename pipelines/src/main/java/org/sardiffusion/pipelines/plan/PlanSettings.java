package org.sardiffusion.pipelines.plan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.list.Combination;
import org.sardiffusion.pipelines.list.Grid;
import org.sardiffusion.pipelines.list.ImageColumns;
import org.sardiffusion.pipelines.list.PromptListException;
import org.sardiffusion.runtime.diffusion.Sampling;

/**
 * What a prompt list leaves open; start from {@link #of}.
 *
 * @param defaults how images are made whose line doesn't say
 * @param seeds which seeds images get whose line names none
 * @param grid options with several values, for all lines that don't set them
 * @param combination how options with several values are combined where a line doesn't say
 * @param validationShare the share of images that go to {@code val} instead of {@code train}, from
 *     0 to 1; empty means no split
 * @param largest the most images that a plan may have
 */
public record PlanSettings(
    Defaults defaults,
    SeedRule seeds,
    Map<String, List<String>> grid,
    Combination combination,
    OptionalDouble validationShare,
    int largest) {
  /** The most images of a plan where nothing else is said. */
  public static final int LARGEST = 100_000;

  /**
   * How images are made whose line doesn't say.
   *
   * @param sampling its seed is the base of the seed rule
   */
  public record Defaults(Size size, Sampling sampling, AffineGrid placement) {}

  public PlanSettings {
    if (validationShare.isPresent()
        && !(validationShare.getAsDouble() >= 0 && validationShare.getAsDouble() <= 1)) {
      throw new BatchException(
          "The validation share must lie between 0 and 1, but is "
              + validationShare.getAsDouble()
              + ".");
    }
    grid = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(grid));
  }

  /** Hashed seeds, no grid, no split. */
  public static PlanSettings of(Size size, Sampling sampling, AffineGrid placement) {
    return new PlanSettings(
        new Defaults(size, sampling, placement),
        SeedRule.HASHED,
        Map.of(),
        Combination.PRODUCT,
        OptionalDouble.empty(),
        LARGEST);
  }

  public PlanSettings withSeeds(SeedRule rule) {
    return new PlanSettings(defaults, rule, grid, combination, validationShare, largest);
  }

  /**
   * The same with a grid.
   *
   * @param axes option names, as the command's without dashes, with their values: {@code guidance}
   *     with {@code 3|5|7}
   * @throws PromptListException if a name is no option of an image, or a value is empty
   */
  public PlanSettings withGrid(Map<String, String> axes, Combination how) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    axes.forEach(
        (name, text) -> {
          String canonical = ImageColumns.canonical(name);
          ImageColumns.requireKnown(canonical, "The grid");
          values.put(canonical, Grid.values(canonical, text));
        });
    return new PlanSettings(defaults, seeds, values, how, validationShare, largest);
  }

  public PlanSettings withValidationShare(double share) {
    return new PlanSettings(defaults, seeds, grid, combination, OptionalDouble.of(share), largest);
  }

  public PlanSettings withLargest(int images) {
    return new PlanSettings(defaults, seeds, grid, combination, validationShare, images);
  }
}
