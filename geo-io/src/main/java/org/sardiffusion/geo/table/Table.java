package org.sardiffusion.geo.table;

import java.util.List;
import java.util.Set;

/** A table of texts whose columns have names: CSV or Parquet. */
public sealed interface Table permits CsvTable, ParquetRows {
  /**
   * Reads a table: {@code .parquet}, and all else as CSV.
   *
   * @throws org.sardiffusion.geo.TableException if it can't be read, has no header, or has two
   *     columns of one name
   */
  static Table read(ListFile file) {
    return file.ending().equals("parquet") ? ParquetRows.of(file) : CsvTable.of(file);
  }

  /** Where the columns' names stand, to begin messages about them. */
  String header();

  /** The columns' names, each once and not empty; none if the table is empty. */
  List<String> columns();

  /** Sentences about columns that are passed over. */
  List<String> notes();

  /**
   * The rows that are not blank.
   *
   * @param wanted the columns to read; what is in others does not matter
   * @throws org.sardiffusion.geo.TableException if one of them can't be read
   */
  List<Row> rows(Set<String> wanted);
}
