package org.sardiffusion.evaluation.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of the report.
 *
 * @param name of its file, without an ending
 * @param title what it tells
 * @param header of the columns
 * @param rows cells that are each a {@link String}, a {@link Long} or a {@link Double} (NaN where
 *     there is no number)
 */
public record Table(String name, String title, List<String> header, List<List<Object>> rows) {
  /**
   * @throws IllegalArgumentException if a row is not as long as the header
   */
  public Table {
    header = List.copyOf(header);
    List<List<Object>> copy = new ArrayList<>();
    for (List<Object> row : rows) {
      if (row.size() != header.size()) {
        throw new IllegalArgumentException(name + ": a row has " + row.size() + " cells");
      }
      copy.add(List.copyOf(row));
    }
    rows = List.copyOf(copy);
  }
}
