package org.sardiffusion.evaluation.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Scenes by category, from which every model makes the same images.
 *
 * @param scenes in the order of their file
 */
public record PromptSuite(List<Scene> scenes) {
  private static final String PAPER = "paper.jsonl";

  /**
   * A scene.
   *
   * @param label its category
   * @param text what it shows, in lower case and without the words that every prompt begins with
   * @param source where it comes from
   */
  public record Scene(String label, String text, String source) {}

  public PromptSuite {
    scenes = List.copyOf(scenes);
  }

  /**
   * The paper's eleven categories: the six prompts of its appendix B, the fifteen of its appendix
   * C, and three that stand under its figures 8 and 12. Appendix B names its categories; the others
   * were sorted in by what they show.
   */
  public static PromptSuite paper() {
    List<Scene> scenes = new ArrayList<>();
    ObjectMapper mapper = new ObjectMapper();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                PromptSuite.class.getResourceAsStream(PAPER), StandardCharsets.UTF_8))) {
      for (Optional<String> line = next(lines); line.isPresent(); line = next(lines)) {
        JsonNode json = mapper.readTree(line.get());
        scenes.add(
            new Scene(
                json.get("label").asText(),
                json.get("scene").asText(),
                json.get("source").asText()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("A file of the program itself cannot be read: " + PAPER, e);
    }
    return new PromptSuite(scenes);
  }

  private static Optional<String> next(BufferedReader lines) throws IOException {
    return Optional.ofNullable(lines.readLine());
  }

  /** The categories, in alphabetical order. */
  public List<String> labels() {
    return scenes.stream().map(Scene::label).distinct().sorted().toList();
  }

  /**
   * The images to make: as many of each category, its scenes in turn, every image with a seed of
   * its own.
   *
   * @param opening what every prompt begins with, such as {@code A <SAR> image of}
   * @param imagesPerLabel at least 1; the paper's is 30
   * @param firstSeed seed of the first image; the others follow
   */
  public List<SuitePrompt> prompts(String opening, int imagesPerLabel, long firstSeed) {
    TreeMap<String, List<Scene>> byLabel = new TreeMap<>();
    scenes.forEach(s -> byLabel.computeIfAbsent(s.label(), l -> new ArrayList<>()).add(s));
    List<SuitePrompt> prompts = new ArrayList<>();
    byLabel.forEach(
        (label, own) -> {
          for (int i = 0; i < imagesPerLabel; i++) {
            String scene = own.get(i % own.size()).text();
            prompts.add(new SuitePrompt(label, opening + " " + scene, firstSeed + prompts.size()));
          }
        });
    return prompts;
  }
}
