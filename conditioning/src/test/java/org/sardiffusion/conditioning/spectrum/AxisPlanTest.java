package org.sardiffusion.conditioning.spectrum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AxisPlanTest {
  @Test
  void terraSarXToFortyCentimetresIsTwentySevenEighths() {
    assertEquals(new Ratio(27, 8), Ratio.ofSpacings(1.35, 0.40));
    assertEquals(new Ratio(2, 1), Ratio.ofSpacings(0.80, 0.40));
    assertEquals(new Ratio(8, 27), Ratio.ofSpacings(0.40, 1.35));
    assertEquals(new Ratio(1, 1), Ratio.ofSpacings(0.3, 0.1 + 0.2));
    assertThrows(IllegalArgumentException.class, () -> Ratio.ofSpacings(Double.NaN, 1));
    assertThrows(IllegalArgumentException.class, () -> Ratio.ofSpacings(1, 0));
  }

  @Test
  void periodicBordersReportTheSpacingReached() {
    Ratio ratio = new Ratio(27, 8);
    AxisPlan exact = AxisPlan.byRatio(7000, ratio, Border.periodic());
    assertEquals(23625, exact.outputLength());
    assertEquals(0.40, exact.reachedSpacing(1.35), 1e-15);

    AxisPlan near = AxisPlan.byRatio(7001, ratio, Border.periodic());
    assertEquals(23628, near.outputLength());
    assertEquals(1.35 * 7001 / 23628, near.reachedSpacing(1.35), 1e-15);
    assertTrue(near.reachedSpacing(1.35) != 0.40);

    AxisPlan mirrored = AxisPlan.byRatio(7001, ratio, Border.mirror());
    assertEquals(23628, mirrored.outputLength());
    assertEquals(0.40, mirrored.reachedSpacing(1.35), 1e-15);
  }

  @Property
  void paddingKeepsTheRatioAndCoversTheLengths(
      @ForAll @IntRange(min = 1, max = 3000) int n,
      @ForAll @IntRange(min = 1, max = 40) int numerator,
      @ForAll @IntRange(min = 1, max = 40) int denominator,
      @ForAll @IntRange(max = 100) int margin) {
    Ratio ratio = new Ratio(numerator, denominator);
    AxisPlan plan = AxisPlan.byRatio(n, ratio, new Border.Mirror(margin));
    assertTrue(plan.paddedInput() >= n + 2 * margin);
    assertTrue(plan.paddedOutput() >= plan.outputLength());
    assertEquals(
        (long) plan.paddedInput() * ratio.numerator(),
        (long) plan.paddedOutput() * ratio.denominator());
    assertEquals(Math.max(1, Math.round(n * ratio.value())), plan.outputLength());
  }

  @Property
  void anyLengthCanBeReached(
      @ForAll @IntRange(min = 1, max = 5000) int n, @ForAll @IntRange(min = 1, max = 5000) int m) {
    AxisPlan plan = AxisPlan.toLength(n, m, Border.mirror());
    assertEquals(m, plan.outputLength());
    assertEquals((long) plan.paddedInput() * m, (long) plan.paddedOutput() * n);
  }

  @Test
  void refusesLengthsBeyondOneTransform() {
    assertThrows(
        IllegalArgumentException.class,
        () -> AxisPlan.byRatio(2_000_000_000, new Ratio(2, 1), Border.periodic()));
  }
}
