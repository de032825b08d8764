package org.sardiffusion.evaluation.semantics;

import java.util.List;

/**
 * How meaning is measured.
 *
 * @param batch images, each with its caption, among whose captions each image's own is ranked; at
 *     least 2
 * @param classes the labels that images are told apart by; empty for all labels of the real images,
 *     without any those of the first generated set
 * @param template the text of a class, {@code {label}} standing for its name
 */
public record SemanticSettings(int batch, List<String> classes, String template) {
  private static final String PLACE = "{label}";

  /**
   * @throws IllegalArgumentException if a value is outside its range
   */
  public SemanticSettings {
    classes = List.copyOf(classes);
    if (batch < 2) {
      throw new IllegalArgumentException("Captions are ranked among 2 or more, not " + batch);
    }
    if (!template.contains(PLACE)) {
      throw new IllegalArgumentException(
          "The template \"" + template + "\" does not say where the label goes: write {label}");
    }
  }

  /** The paper's batches of 16; all labels, as "a SAR image of LABEL". */
  public static SemanticSettings defaults() {
    return new SemanticSettings(16, List.of(), "a SAR image of " + PLACE);
  }

  String text(String label) {
    return template.replace(PLACE, label);
  }
}
