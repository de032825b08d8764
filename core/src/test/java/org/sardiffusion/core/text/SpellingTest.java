package org.sardiffusion.core.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SpellingTest {
  private static final List<String> KNOWN = List.of("guidance", "steps", "seed", "clip_skip");

  @Test
  void findsWhatWasMeant() {
    assertEquals(Optional.of("guidance"), Spelling.nearest("gudiance", KNOWN));
    assertEquals(Optional.of("clip_skip"), Spelling.nearest("Clip-Skip", KNOWN));
    assertEquals(Optional.of("steps"), Spelling.nearest("step", KNOWN));
    assertEquals(Optional.empty(), Spelling.nearest("prompt", KNOWN));
    assertEquals(Optional.empty(), Spelling.nearest("anything", List.of()));
    assertEquals(" Did you mean \"seed\"?", Spelling.question("sede", KNOWN));
    assertEquals("", Spelling.question("polarisation", KNOWN));
  }

  @Test
  void countsAsOptimalStringAlignmentDoes() {
    assertEquals(3, Spelling.distance("kitten", "sitting"));
    // Damerau's unrestricted distance would be 2.
    assertEquals(3, Spelling.distance("ca", "abc"));
    assertEquals(1, Spelling.distance("ab", "ba"));
  }

  @Property(tries = 300)
  void isAMetricButForTheTriangle(
      @ForAll @AlphaChars @StringLength(max = 9) String a,
      @ForAll @AlphaChars @StringLength(max = 9) String b) {
    assertEquals(Spelling.distance(a, b), Spelling.distance(b, a));
    assertEquals(0, Spelling.distance(a, a));
  }
}
