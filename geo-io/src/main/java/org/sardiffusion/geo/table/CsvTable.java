package org.sardiffusion.geo.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sardiffusion.geo.TableException;

/**
 * A table whose first row names the columns.
 *
 * @param header where it is
 * @param names of all columns by position; empty where a column is passed over
 * @param body the other rows
 */
record CsvTable(String header, List<String> names, List<CsvRow> body, List<String> notes)
    implements Table {
  static CsvTable of(ListFile file) {
    List<CsvRow> rows = CsvRow.read(file);
    if (rows.isEmpty()) {
      return new CsvTable(file.path().toString(), List.of(), List.of(), List.of());
    }
    CsvRow header = rows.get(0);
    List<CsvRow> body = rows.subList(1, rows.size());
    List<String> names = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (int c = 0; c < header.fields().size(); c++) {
      String name = header.fields().get(c);
      if (c == 0 && IndexColumn.isNamed(name)) {
        notes.add(IndexColumn.note(file.path()));
        names.add("");
        continue;
      }
      if (name.isEmpty() && !isBlank(body, c)) {
        throw TableException.at(
            file.path(), header.line(), "column " + (c + 1) + " has no name: give it one.");
      }
      if (!name.isEmpty() && names.contains(name)) {
        throw TableException.at(
            file.path(), header.line(), "two columns are named \"" + name + "\".");
      }
      names.add(name);
    }
    return new CsvTable(file.path() + ", line " + header.line(), names, body, notes);
  }

  /** Spreadsheets write separators of columns that are empty. */
  private static boolean isBlank(List<CsvRow> rows, int column) {
    return rows.stream()
        .allMatch(row -> row.fields().size() <= column || row.fields().get(column).isEmpty());
  }

  @Override
  public List<String> columns() {
    return names.stream().filter(name -> !name.isEmpty()).toList();
  }

  @Override
  public List<Row> rows(Set<String> wanted) {
    return body.stream().map(row -> row(row, wanted)).toList();
  }

  private Row row(CsvRow row, Set<String> wanted) {
    Map<String, String> cells = new LinkedHashMap<>();
    for (int c = 0; c < Math.min(names.size(), row.fields().size()); c++) {
      String text = row.fields().get(c);
      if (wanted.contains(names.get(c)) && !text.isEmpty()) {
        cells.put(names.get(c), text);
      }
    }
    return new Row(row.line(), cells, problem(row));
  }

  private Optional<String> problem(CsvRow row) {
    return row.fields().size() <= names.size()
        ? Optional.empty()
        : Optional.of(
            "the row has %d fields, but the header names %d columns: put quotes around a field that holds the separator."
                .formatted(row.fields().size(), names.size()));
  }
}
