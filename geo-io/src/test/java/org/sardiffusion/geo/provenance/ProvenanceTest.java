package org.sardiffusion.geo.provenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.geo.Samples;

class ProvenanceTest {
  @Test
  void saysThatTheImageIsSyntheticBeforeAnythingElse() {
    Map<String, String> items = Samples.provenance("p").items();
    assertEquals("SYNTHETIC", items.keySet().iterator().next());
    assertEquals("YES", items.get("SYNTHETIC"));
  }

  @Test
  void showsAReplacementAndKeepsTheExactTextOfWhatCannotTravel() {
    Map<String, String> items = Samples.provenance("a\u0000\ud800\"\\b").items();
    assertEquals("a\ufffd\ufffd\"\\b", items.get("PROMPT"));
    assertEquals("\"a\\u0000\\ud800\\\"\\\\b\"", items.get("PROMPT_JSON"));
  }

  @Test
  void extrasKeepTheirOrder() {
    Map<String, String> extra = new LinkedHashMap<>();
    List.of("Z", "A", "M").forEach(name -> extra.put(name, name));
    Provenance provenance = new Provenance("m", "0".repeat(64), "p", -1, "s 1", "{}", extra);
    assertEquals(Optional.of(provenance), Provenance.of(provenance.items()));
    assertEquals(List.of("Z", "A", "M"), List.copyOf(provenance.items().keySet()).subList(7, 10));
  }

  @Test
  void itemsOfOtherProgramsAreNoProvenance() {
    assertEquals(Optional.empty(), Provenance.of(Map.of("AREA_OR_POINT", "Area")));
    Map<String, String> broken = new LinkedHashMap<>(Samples.provenance("p").items());
    broken.put("SEED", "seven");
    assertEquals(Optional.empty(), Provenance.of(broken));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROMPT", "A_JSON", "", "1A", "A=B", "É"})
  void refusesNamesThatAFileCannotHoldOrThatMeanSomethingElse(String name) {
    Map<String, String> extra = Map.of(name, "x");
    assertThrows(
        IllegalArgumentException.class,
        () -> new Provenance("m", "0".repeat(64), "p", 1, "s 1", "{}", extra));
  }

  @Test
  void refusesAHashThatIsNone() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new Provenance("m", "ABC", "p", 1, "s 1", "{}", Map.of()))
            .getMessage();
    assertTrue(message.contains("ABC"), message);
  }
}
