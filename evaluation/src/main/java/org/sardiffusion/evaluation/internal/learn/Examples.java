package org.sardiffusion.evaluation.internal.learn;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows to learn from or to be tested on.
 *
 * @param rows features, all of one length
 * @param classes the class of each row
 */
public record Examples(List<double[]> rows, List<String> classes) {
  /**
   * @throws IllegalArgumentException if there are not as many classes as rows
   */
  public Examples {
    rows = List.copyOf(rows);
    classes = List.copyOf(classes);
    if (rows.size() != classes.size()) {
      throw new IllegalArgumentException("Every row has one class");
    }
  }

  /** These rows and, after them, others. */
  public Examples and(Examples others) {
    List<double[]> allRows = new ArrayList<>(rows);
    allRows.addAll(others.rows);
    List<String> allClasses = new ArrayList<>(classes);
    allClasses.addAll(others.classes);
    return new Examples(allRows, allClasses);
  }
}
