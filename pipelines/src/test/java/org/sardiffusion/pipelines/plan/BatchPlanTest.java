package org.sardiffusion.pipelines.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.list.Combination;
import org.sardiffusion.pipelines.list.Grid;
import org.sardiffusion.pipelines.list.PromptLine;
import org.sardiffusion.pipelines.list.PromptList;
import org.sardiffusion.pipelines.list.PromptListException;
import org.sardiffusion.pipelines.list.RejectedLine;
import org.sardiffusion.runtime.diffusion.Sampling;

class BatchPlanTest {
  private static final PlanSettings SETTINGS =
      PlanSettings.of(
          new Size(64, 64),
          Sampling.DIFFUSERS.withSeed(5).withSteps(2),
          AffineGrid.unreferenced(0.4));

  /** A line of {@code name=value|value} pairs. */
  private static PromptLine line(int number, String prompt, String... options) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    values.put("prompt", List.of(prompt));
    for (String option : options) {
      int equals = option.indexOf('=');
      String name = option.substring(0, equals);
      values.put(name, Grid.values(name, option.substring(equals + 1)));
    }
    return new PromptLine(number, values, Optional.empty());
  }

  private static BatchPlan plan(PlanSettings settings, PromptLine... lines) {
    return BatchPlan.of(
        new PromptList(Path.of("list"), List.of(lines), List.of(), List.of()), settings);
  }

  private static List<Long> seeds(BatchPlan plan) {
    return plan.images().stream().map(image -> image.request().sampling().seed()).toList();
  }

  @Test
  void hashedSeedsDontMoveWhenLinesAreAdded() {
    PromptLine forest = line(1, "a forest", "count=4", "label=forest");
    PromptLine field = line(2, "a field", "count=2");
    List<PlannedImage> before = plan(SETTINGS, forest, field).images();
    List<PlannedImage> after =
        plan(SETTINGS, line(1, "a city", "count=3"), field, forest, line(9, "a forest", "label=w"))
            .images();
    List<String> ids = new ArrayList<>(after.stream().map(PlannedImage::id).toList());
    assertEquals(6 + 3 + 1, ids.size());
    assertTrue(ids.containsAll(before.stream().map(PlannedImage::id).toList()));
    assertEquals(6, new HashSet<>(seeds(plan(SETTINGS, forest, field))).size());
  }

  @Test
  void hashedSeedsOfOnePromptNeverRepeat() {
    List<Long> seeds =
        IntStream.range(0, 100_000)
            .mapToObj(k -> SeedRule.HASHED.seed(0, new SeedRule.Position("x", 0, 0, k)))
            .toList();
    assertEquals(100_000, new HashSet<>(seeds).size());
    assertTrue(seeds.stream().allMatch(seed -> seed >= 0 && seed < 1L << 32));
  }

  @Test
  void countedAndFixedSeedsBeginAtTheBase() {
    PromptLine[] lines = {line(1, "a", "count=2"), line(2, "b", "count=2"), line(3, "c", "seed=9")};
    assertEquals(
        List.of(5L, 6L, 7L, 8L, 9L), seeds(plan(SETTINGS.withSeeds(SeedRule.COUNTED), lines)));
    assertEquals(
        List.of(5L, 6L, 5L, 6L, 9L), seeds(plan(SETTINGS.withSeeds(SeedRule.FIXED), lines)));
  }

  @Test
  void gridsAreProductsOrZips() {
    PromptLine line = line(1, "a", "guidance=3|5", "steps=1|2");
    List<PlannedImage> product = plan(SETTINGS, line).images();
    assertEquals(4, product.size());
    assertEquals(1, new HashSet<>(seeds(plan(SETTINGS, line))).size(), "comparable images");
    assertEquals(
        List.of("3.0 1", "3.0 2", "5.0 1", "5.0 2"),
        product.stream().map(BatchPlanTest::variant).toList());
    PlanSettings zip = SETTINGS.withGrid(Map.of("eta", "0|1"), Combination.ZIP);
    assertEquals(
        List.of("3.0 1", "5.0 2"),
        plan(zip, line).images().stream().map(BatchPlanTest::variant).toList());
    BatchPlan unequal = plan(zip, line(1, "a", "guidance=3|5|7"));
    assertTrue(unequal.rejected().get(0).reason().contains("equally many"), unequal.toString());
  }

  private static String variant(PlannedImage image) {
    return image.request().sampling().guidance().scale()
        + " "
        + ((org.sardiffusion.runtime.schedule.StepPlan.Steps) image.request().sampling().steps())
            .count();
  }

  @Test
  void badLinesAreRejectedAlone() {
    BatchPlan plan =
        plan(
            SETTINGS,
            line(1, "good"),
            line(2, " "),
            line(3, "a", "seed=x"),
            line(4, "a", "scheduler=best"),
            line(5, "a", "eta=2"),
            line(6, "a", "count=0"),
            line(7, "a", "origin=1,2"),
            line(8, "a", "size=0x5"),
            line(9, "a", "split=holdout"));
    assertEquals(1, plan.images().size());
    assertEquals(
        List.of(2, 3, 4, 5, 6, 7, 8, 9),
        plan.rejected().stream().map(RejectedLine::number).toList());
  }

  @Test
  void wholeNumbersMayHaveAFraction() {
    BatchPlan plan =
        plan(
            SETTINGS,
            line(1, "a", "seed=3.0", "steps=2.0", "count=1e0"),
            line(2, "a", "seed=1.5"),
            line(3, "a", "guidance=7,5"));
    assertEquals(List.of(3L), seeds(plan));
    assertEquals(
        List.of("\"1.5\" is not a whole number.", "\"7,5\" is not a number: write 7.5."),
        plan.rejected().stream().map(RejectedLine::reason).toList());
  }

  @Test
  void plansAreBounded() {
    PromptListException e =
        assertThrows(
            PromptListException.class,
            () -> plan(SETTINGS.withLargest(10), line(1, "a", "count=6"), line(2, "b", "count=5")));
    assertTrue(e.getMessage().contains("line 2") && e.getMessage().contains("11"), e.getMessage());
    String many = String.join("|", IntStream.range(1, 3000).mapToObj(String::valueOf).toList());
    assertThrows(
        PromptListException.class,
        () ->
            plan(
                SETTINGS,
                line(1, "a", "seed=" + many, "steps=" + many, "guidance=" + many, "eta=0|1")));
  }

  @Test
  void equalImagesAreMadeOnce() {
    BatchPlan plan = plan(SETTINGS, line(1, "a", "seed=1"), line(2, "a", "seed=1"));
    assertEquals(1, plan.images().size());
    assertEquals(1, plan.repeated());
  }

  @Test
  void groupsFillAcrossPromptsOfOneSize() {
    BatchPlan plan =
        plan(
                SETTINGS,
                line(1, "a", "count=2"),
                line(2, "b", "size=32"),
                line(3, "c", "count=2"),
                line(4, "d", "size=32x32"))
            .withBatchSize(3);
    List<List<String>> prompts =
        plan.groups().stream()
            .map(group -> group.stream().map(image -> image.request().prompt().text()).toList())
            .toList();
    assertEquals(List.of(List.of("a", "a", "c"), List.of("b", "d"), List.of("c")), prompts);
  }

  @Test
  void splitsAreDrawnFromTheImageAlone() {
    PlanSettings split = SETTINGS.withValidationShare(0.2);
    BatchPlan plan = plan(split, line(1, "a", "count=2000"), line(2, "b", "split=test"));
    long validation =
        plan.images().stream().filter(i -> i.split().equals(Optional.of(Split.VAL))).count();
    // Five standard deviations of the binomial.
    assertEquals(400, validation, 5 * Math.sqrt(2000 * 0.2 * 0.8));
    assertEquals("test", plan.images().get(2000).root());
    assertNotEquals(plan.sha256(), plan(SETTINGS, line(1, "a", "count=2000")).sha256());
  }

  @Test
  void labelsBecomeFoldersOfTheirOwn() {
    BatchPlan plan =
        plan(
            SETTINGS,
            line(1, "a", "label=for\u00eat_1"),
            line(2, "a", "label=a/b"),
            line(3, "a", "label=a b"),
            line(4, "a", "label=.."),
            line(5, "a"));
    List<String> folders = plan.images().stream().map(image -> image.name().split("/")[0]).toList();
    assertEquals("for\u00eat_1", folders.get(0));
    assertEquals("unlabelled", folders.get(4));
    assertEquals(5, new HashSet<>(folders).size(), folders.toString());
    assertTrue(folders.stream().noneMatch(name -> name.contains(".")), folders.toString());
  }

  @Test
  void linesMayHaveAPlace() {
    PlannedImage image =
        plan(SETTINGS, line(1, "a", "crs=EPSG:32631", "origin=500000,5400000", "pixel-size=2"))
            .images()
            .get(0);
    AffineGrid place = image.placement();
    assertEquals(5400000, place.map().originY());
    assertEquals(2, place.pixelWidth());
  }
}
