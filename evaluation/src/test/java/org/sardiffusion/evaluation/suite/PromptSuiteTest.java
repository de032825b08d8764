package org.sardiffusion.evaluation.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PromptSuiteTest {
  @Test
  void thePapersSuiteHasElevenCategoriesOfThirtyImages() {
    PromptSuite paper = PromptSuite.paper();
    assertEquals(
        List.of(
            "airport",
            "beach",
            "city",
            "field",
            "forest",
            "industrial",
            "mountains",
            "port",
            "residential",
            "seacoast",
            "structures"),
        paper.labels());
    Map<String, Long> sources =
        paper.scenes().stream()
            .collect(
                Collectors.groupingBy(
                    s -> s.source().replaceFirst(" \\(.*", ""), Collectors.counting()));
    assertEquals(6, sources.get("appendix B"));
    assertEquals(15, sources.get("appendix C"));

    List<SuitePrompt> prompts = paper.prompts("A <SAR> image of", 30, 100);
    assertEquals(330, prompts.size());
    assertEquals(330, prompts.stream().map(SuitePrompt::seed).distinct().count());
    assertEquals(100, prompts.get(0).seed());
    prompts.stream()
        .collect(Collectors.groupingBy(SuitePrompt::label, Collectors.counting()))
        .forEach((label, count) -> assertEquals(30, count, label));
    assertTrue(prompts.get(0).prompt().startsWith("A <SAR> image of an expansive airport"));
  }
}
