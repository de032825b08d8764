package org.sardiffusion.pipelines.list;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.geo.table.parquet.ParquetFile;

/** A Parquet table with the columns of a CSV one; the lines are its rows, from 1. */
final class ParquetLines {
  private static final String COMBINE = "combine";

  /** What pandas adds where a table's rows have names. */
  private static final String INDEX = "__index_level_";

  private ParquetLines() {}

  static void read(Path source, byte[] file, PromptList.Collector collector) {
    Map<String, List<Optional<String>>> columns = new LinkedHashMap<>();
    ParquetFile table = new ParquetFile(source, file);
    for (String name : table.names()) {
      String canonical = ImageColumns.canonical(name);
      if (name.startsWith(INDEX)) {
        continue;
      }
      if (!canonical.equals(COMBINE)) {
        ImageColumns.requireKnown(canonical, source.toString());
      }
      if (columns.put(canonical, table.column(name)) != null) {
        throw new PromptListException(source + ": two columns are named " + name + ".");
      }
    }
    if (!columns.containsKey(ImageColumns.PROMPT)) {
      throw new PromptListException(source + " has no column \"prompt\".");
    }
    int rows = columns.get(ImageColumns.PROMPT).size();
    for (int row = 0; row < rows; row++) {
      add(row, columns, collector);
    }
  }

  private static void add(
      int row, Map<String, List<Optional<String>>> columns, PromptList.Collector collector) {
    Map<String, List<String>> options = new LinkedHashMap<>();
    Optional<Combination> combination = Optional.empty();
    try {
      for (Map.Entry<String, List<Optional<String>>> column : columns.entrySet()) {
        Optional<String> value = column.getValue().get(row).map(String::strip);
        // pandas writes missing numbers as NaN.
        if (value.isEmpty() || value.get().isEmpty() || value.get().equals("NaN")) {
          continue;
        }
        if (column.getKey().equals(COMBINE)) {
          combination = Optional.of(Combination.parse(value.get()));
        } else {
          options.put(column.getKey(), Grid.values(column.getKey(), value.get()));
        }
      }
      collector.add(new PromptLine(row + 1, options, combination));
    } catch (PromptListException e) {
      String prompt = columns.get(ImageColumns.PROMPT).get(row).orElse("");
      collector.reject(new RejectedLine(row + 1, prompt, e.getMessage()));
    }
  }
}
