package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns that are as wide as they need to be; the last column is ragged. */
final class TextTable {
  private static final String GAP = "  ";

  private final List<String[]> rows = new ArrayList<>();

  TextTable row(String... cells) {
    rows.add(cells);
    return this;
  }

  /** Prints all rows, each behind {@code indent}. */
  void print(PrintWriter out, String indent) {
    int columns = rows.stream().mapToInt(cells -> cells.length).max().orElse(0);
    int[] widths = new int[columns];
    for (String[] cells : rows) {
      // A row's last cell stands at no other's left.
      for (int i = 0; i < cells.length - 1; i++) {
        widths[i] = Math.max(widths[i], cells[i].length());
      }
    }
    for (String[] cells : rows) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = 0; i < cells.length; i++) {
        line.append(cells[i]);
        if (i < cells.length - 1) {
          line.append(" ".repeat(widths[i] - cells[i].length())).append(GAP);
        }
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }
}
