package org.sardiffusion.runtime.weights;

/** One dimension of a graph's input or output. */
public sealed interface Dimension {

  /** A dimension that the export fixed. */
  record Fixed(long size) implements Dimension {
    @Override
    public String toString() {
      return Long.toString(size);
    }
  }

  /** A dimension of any size; equal names mean equal sizes, an empty name promises nothing. */
  record Symbolic(String name) implements Dimension {
    @Override
    public String toString() {
      return name.isEmpty() ? "?" : name;
    }
  }
}
