package org.sardiffusion.training.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SplitTest {
  private static SplitSettings settings(long seed) {
    return new SplitSettings(new SceneRule.EachFile(), 0.7, 0.2, 0.1, seed);
  }

  @Property(tries = 200)
  void sharesComeOutToTheSizeOfOneScene(
      @ForAll @Size(min = 3, max = 60) List<@IntRange(min = 1, max = 50) Integer> sizes,
      @ForAll long seed) {
    Map<String, Long> weights = new HashMap<>();
    long total = 0;
    long largest = 0;
    for (int i = 0; i < sizes.size(); i++) {
      weights.put("scene" + i, (long) sizes.get(i));
      total += sizes.get(i);
      largest = Math.max(largest, sizes.get(i));
    }
    Map<String, Split> assigned = settings(seed).assign(weights);
    assertEquals(weights.keySet(), assigned.keySet());
    assertEquals(assigned, settings(seed).assign(weights));
    assertEquals(Set.of(Split.values()), Set.copyOf(assigned.values()));
    Map<Split, Double> sums = new EnumMap<>(Split.class);
    assigned.forEach((scene, split) -> sums.merge(split, (double) weights.get(scene), Double::sum));
    // What goes to the split that lacks most exceeds its share by one scene at most; one more was
    // reserved for a split that would have stayed empty.
    assertTrue(sums.get(Split.VALIDATION) <= 0.2 * total + 2 * largest);
    assertTrue(sums.get(Split.TEST) <= 0.1 * total + 2 * largest);
    assertTrue(sums.get(Split.TRAIN) <= 0.7 * total + 2 * largest);
  }

  @Test
  void aSplitThatNobodyWantsStaysEmpty() {
    SplitSettings all = new SplitSettings(new SceneRule.EachFile(), 1, 0, 0, 3);
    assertEquals(Map.of("a", Split.TRAIN, "b", Split.TRAIN), all.assign(Map.of("a", 1L, "b", 5L)));
  }

  @Test
  void sharesThatAreNoneAreRefused() {
    for (double[] s : new double[][] {{0.5, 0.1, 0.1}, {1.2, -0.1, -0.1}, {Double.NaN, 0, 1}}) {
      assertThrows(
          DatasetException.class,
          () -> new SplitSettings(new SceneRule.EachFile(), s[0], s[1], s[2], 0));
    }
  }

  @Test
  void scenesComeFromNames() {
    SceneRule part = new SceneRule.NamePart(Pattern.compile("flight(\\d+)"));
    assertEquals("12", part.sceneOf("flight12_strip3"));
    assertThrows(DatasetException.class, () -> part.sceneOf("strip3"));
    SceneRule blocks = new SceneRule.NumberBlocks(50);
    assertEquals("1-50", blocks.sceneOf("000001"));
    assertEquals("1-50", blocks.sceneOf("000050"));
    assertEquals("51-100", blocks.sceneOf("000051"));
    assertEquals("hb1-50", blocks.sceneOf("hb7_vv"));
    assertThrows(DatasetException.class, () -> blocks.sceneOf("none"));
  }
}
