package org.sardiffusion.evaluation;

import java.util.List;
import java.util.Optional;

/**
 * What is known about an image.
 *
 * @param name names it in messages and in the report
 * @param source the acquisition or larger image that it was cut from: images of one source may show
 *     the same ground, so no test learns from the one and is tried on the other
 * @param labels scene categories, at least one; the first is the main one
 * @param caption what the image shows, or the prompt that made it
 */
public record Description(
    String name, String source, List<String> labels, Optional<String> caption) {
  /**
   * @throws IllegalArgumentException if there is no label
   */
  public Description {
    labels = labels.stream().distinct().toList();
    if (labels.isEmpty()) {
      throw new IllegalArgumentException("An image has at least one label");
    }
  }

  /** An image that was cut from nothing larger. */
  public Description(String name, List<String> labels, Optional<String> caption) {
    this(name, name, labels, caption);
  }
}
