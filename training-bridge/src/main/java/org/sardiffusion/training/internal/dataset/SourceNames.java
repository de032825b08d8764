package org.sardiffusion.training.internal.dataset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The names that patches get from their sources: unlike each other, and legal everywhere. */
public final class SourceNames {
  private SourceNames() {}

  /** The name of a file without its ending. */
  public static String stem(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /**
   * One name for each file; files of one stem in different folders get a number after the first.
   */
  public static List<String> of(List<Path> files) {
    Set<String> taken = new HashSet<>();
    List<String> names = new ArrayList<>();
    for (Path file : files) {
      String stem = stem(file).replaceAll("[^\\p{L}\\p{N}._-]", "_");
      String name = stem;
      for (int n = 2; !taken.add(name); n++) {
        name = stem + "-" + n;
      }
      names.add(name);
    }
    return names;
  }
}
