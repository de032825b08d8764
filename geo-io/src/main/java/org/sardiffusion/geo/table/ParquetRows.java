package org.sardiffusion.geo.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sardiffusion.geo.table.parquet.ParquetFile;

/** The rows of a Parquet file, numbered from 1. */
record ParquetRows(String header, ParquetFile file, List<String> columns) implements Table {
  /** pandas writes it for missing numbers. */
  private static final String NOTHING = "NaN";

  static ParquetRows of(ListFile file) {
    ParquetFile parquet = new ParquetFile(file.path(), file.bytes());
    return new ParquetRows(
        file.path().toString(),
        parquet,
        parquet.names().stream().filter(name -> !IndexColumn.isNamed(name)).toList());
  }

  /** Parquet's index column has a name that says what it is: nobody is told of it. */
  @Override
  public List<String> notes() {
    return List.of();
  }

  @Override
  public List<Row> rows(Set<String> wanted) {
    List<Map<String, String>> rows = new ArrayList<>();
    for (String column : columns) {
      if (!wanted.contains(column)) {
        continue;
      }
      List<Optional<String>> values = file.column(column);
      for (int r = 0; r < values.size(); r++) {
        if (rows.size() == r) {
          rows.add(new LinkedHashMap<>());
        }
        Map<String, String> row = rows.get(r);
        values
            .get(r)
            .map(String::strip)
            .filter(text -> !text.isEmpty() && !text.equals(NOTHING))
            .ifPresent(text -> row.put(column, text));
      }
    }
    List<Row> found = new ArrayList<>();
    for (int r = 0; r < rows.size(); r++) {
      if (!rows.get(r).isEmpty()) {
        found.add(new Row(r + 1, rows.get(r), Optional.empty()));
      }
    }
    return found;
  }
}
