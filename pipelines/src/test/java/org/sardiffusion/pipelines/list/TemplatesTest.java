package org.sardiffusion.pipelines.list;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.core.SarDiffusionException;

class TemplatesTest {
  @TempDir Path folder;

  private PromptList read(String text) throws IOException {
    return PromptList.read(Files.writeString(folder.resolve("t.yaml"), text));
  }

  private List<String> prompts(String text) throws IOException {
    PromptList list = read(text);
    assertEquals(List.of(), list.rejected());
    return list.lines().stream().map(PromptLine::prompt).toList();
  }

  @Test
  void allTakesEveryCombinationInOrder() throws IOException {
    assertEquals(
        List.of("a x 1", "a x 2", "b x 1", "b x 2", "c d x 1", "c d x 2", "c e x 1", "c e x 2"),
        prompts("entries: [{prompt: '{a|b|c {d|e}} x {1|2}'}]"));
    assertEquals(
        List.of("{a|b} _c_ ", "  plain").stream().map(String::strip).toList(),
        prompts("entries: [{prompt: '\\{a|b\\} _c_'}, {prompt: plain}]"));
    assertEquals(List.of("a", ""), List.of(prompts("entries: [{prompt: 'a{|}'}]").get(0), ""));
  }

  @Test
  void aWildcardHasOneValueInALine() throws IOException {
    Files.writeString(
        folder.resolve("seasons.txt"), "# of the year\nwinter\n\nsummer {2019|2020}\n");
    PromptList list =
        read(
            """
            defaults: {steps: 7}
            wildcards:
              land_use: [forest, field]
              season: seasons.txt
            entries:
              - prompt: A __land_use__ in __season__, a __land_use__
                label: __land_use__
                guidance: [3, 5.50]
            """);
    assertEquals(2 * 3 * 2, list.lines().size());
    assertEquals(
        "A field in summer 2020, a field", list.lines().get(list.lines().size() - 1).prompt());
    for (PromptLine line : list.lines()) {
      String label = line.options().get("label").get(0);
      assertTrue(line.prompt().endsWith("a " + label), line.toString());
      assertEquals(List.of("7"), line.options().get("steps"));
      assertEquals(6, line.number());
    }
    assertEquals(List.of("5.50"), list.lines().get(1).options().get("guidance"));
  }

  @Test
  void randomDrawsTheSameWhateverElseIsListed() throws IOException {
    String entry = "{prompt: 'a {1|2|3|4|5|6|7|8|9} {x|y|z}', choose: random, count: 12}";
    List<String> alone = prompts("entries: [" + entry + "]");
    List<String> among = prompts("entries: [{prompt: other}, " + entry + "]");
    assertEquals(12, alone.size());
    assertEquals(alone, among.subList(1, 13));
    assertTrue(new HashSet<>(alone).size() > 4, alone.toString());
  }

  @Test
  void quotasBalanceLabels() throws IOException {
    PromptList list =
        read(
            """
            entries:
              - {prompt: 'a {dense|sparse|young} forest', label: forest}
              - {prompt: a field, label: field, count: 3}
              - {prompt: a city, label: city, count: 4}
            quotas: {forest: 11, field: 11}
            """);
    Map<String, Integer> counts =
        list.lines().stream()
            .collect(
                Collectors.groupingBy(
                    line -> line.options().get("label").get(0),
                    Collectors.summingInt(
                        line -> Integer.parseInt(line.options().get("count").get(0)))));
    assertEquals(Map.of("forest", 11, "field", 11, "city", 4), counts);
  }

  /** As PyYAML's safe_load resolves them. */
  @Test
  void mergeKeysTakeOverWhatIsNotSaidAnew() throws IOException {
    PromptList list =
        read(
            """
            entries:
              - &forest {prompt: a forest, label: forest, steps: 5}
              - {<<: *forest, prompt: a wood}
              - &field
                prompt: a field
                guidance: 3
              - <<: [*field, *forest]
                steps: 7
              - &loop {<<: *loop, prompt: a loop}
            """);
    assertEquals(List.of(), list.rejected());
    assertEquals(
        List.of(
            Map.of("prompt", "a forest", "label", "forest", "steps", "5"),
            Map.of("prompt", "a wood", "label", "forest", "steps", "5"),
            Map.of("prompt", "a field", "guidance", "3"),
            Map.of("prompt", "a field", "guidance", "3", "label", "forest", "steps", "7"),
            Map.of("prompt", "a loop")),
        list.lines().stream()
            .map(
                line ->
                    line.options().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, o -> o.getValue().get(0))))
            .toList());
  }

  @Test
  void manyEntriesMayShareTheirOptions() throws IOException {
    String text =
        "defaults: &all {steps: 3}\nentries:\n" + "  - {<<: *all, prompt: a}\n".repeat(500);
    assertEquals(500, read(text).lines().size());
  }

  @Test
  void badEntriesAreRejectedAlone() throws IOException {
    PromptList list =
        read(
            """
            wildcards: {loop: [a __loop__]}
            entries:
              - {prompt: good}
              - {prompt: '{a|b'}
              - {prompt: 'a}'}
              - {prompt: __none__}
              - {prompt: __loop__}
              - {label: no prompt}
              - {prompt: a, colour: red}
              - {prompt: a, choose: some}
              - {prompt: 'a {2$$b|c}'}
              - {prompt: 'a {0.9::b|0.1::c}'}
              - {prompt: a, choose: random, count: 0}
              - {prompt: '{1|2|3|4|5|6|7|8|9|0}{1|2|3|4|5|6|7|8|9|0}{1|2|3|4|5|6|7|8|9|0}{1|2|3|4|5|6|7|8|9|0}{1|2|3|4|5|6|7|8|9|0}{1|2}'}
            """);
    assertEquals(1, list.lines().size());
    assertEquals(
        List.of(4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14),
        list.rejected().stream().map(RejectedLine::number).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "entries: [{prompt: a#line 1: it is not YAML",
        "prompts: [a]#\"prompts\" is not known",
        "'nope:\n  - prompt: A'#line 1: \"nope\" is not known",
        "entries: [{<<: 3, prompt: a}]#names with values are expected",
        "defaults: {steps: 1}#needs \"entries\"",
        "entries: a forest#must be a list",
        "entries: [{prompt: a, prompt: b}]#stands there twice",
        "'wildcards: {x: none.txt}\nentries: [{prompt: a}]'#There is no file",
        "'quotas: {x: many}\nentries: [{prompt: a}]'#not a number of images",
        "'quotas: {x: 3}\nentries: [{prompt: a}]'#no entry of that label"
      })
  void whatIsNoTemplateIsRefused(String text, String message) {
    String said;
    try {
      PromptList list = read(text);
      said = list.rejected().get(0).reason();
    } catch (SarDiffusionException e) {
      said = e.getMessage();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertTrue(said.contains(message), said);
  }
}
