package org.sardiffusion.runtime.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SamplerNameTest {

  @ParameterizedTest
  @EnumSource
  void parsesItsOwnId(SamplerName name) {
    assertEquals(name, SamplerName.parse(name.id()));
  }

  @ParameterizedTest
  @CsvSource({
    "eular, euler",
    "Euler, euler",
    "DPM++ 2M Karras, dpmpp_2m_karras",
    "dpmpp-2m-sde, dpmpp_2m_sde",
    "unipcm, unipc",
    "ddmi, ddim"
  })
  void suggestsTheNearest(String typed, String suggestion) {
    String message =
        assertThrows(SchedulerException.class, () -> SamplerName.parse(typed)).getMessage();
    assertTrue(message.contains("Did you mean \"%s\"?".formatted(suggestion)), message);
    assertTrue(message.contains("euler, euler_karras, euler_a, ddim"), message);
  }

  @Test
  void makesNoFarFetchedSuggestion() {
    String message =
        assertThrows(SchedulerException.class, () -> SamplerName.parse("xyzzy-plugh")).getMessage();
    assertFalse(message.contains("Did you mean"), message);
  }

  @ParameterizedTest
  @CsvSource({"euler_a", "ddim", "ddpm", "pndm", "lcm"})
  void saysWhereThereAreNoKarrasSigmas(String base) {
    String message =
        assertThrows(SchedulerException.class, () -> SamplerName.parse(base + "_karras"))
            .getMessage();
    assertTrue(message.contains(base + " has no Karras"), message);
  }
}
