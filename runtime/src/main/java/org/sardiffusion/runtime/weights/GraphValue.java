package org.sardiffusion.runtime.weights;

import java.util.List;
import java.util.Optional;

/**
 * An input or output of a graph.
 *
 * @param shape its dimensions, an empty list for a scalar; absent when the export left even the
 *     rank open
 */
public record GraphValue(String name, ElementType type, Optional<List<Dimension>> shape) {
  public GraphValue {
    shape = shape.map(List::copyOf);
  }

  @Override
  public String toString() {
    return name + " " + type + shape.map(List::toString).orElse("[...]");
  }
}
