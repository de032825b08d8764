package org.sardiffusion.pipelines.list;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which columns of a list, or keys of its lines, are read.
 *
 * @param ignored names of others, which say nothing of an image
 */
record ColumnChoice(Set<String> ignored) {
  /** How the values of a line are combined: of the line, not of an image. */
  static final String COMBINE = "combine";

  ColumnChoice {
    ignored = ignored.stream().map(ImageColumns::canonical).collect(Collectors.toSet());
  }

  /** Whether a column is read. */
  boolean reads(String name) {
    return !ignored.contains(ImageColumns.canonical(name));
  }

  /**
   * Refuses names that are neither known nor to be ignored.
   *
   * @param where begins the message
   */
  void requireKnown(Collection<String> names, String where) {
    List<String> unknown =
        names.stream()
            .map(ImageColumns::canonical)
            .filter(name -> reads(name) && !name.equals(COMBINE))
            .filter(name -> !ImageColumns.names().contains(name))
            .toList();
    if (!unknown.isEmpty()) {
      throw PromptListException.unknownColumns(where, unknown);
    }
  }
}
