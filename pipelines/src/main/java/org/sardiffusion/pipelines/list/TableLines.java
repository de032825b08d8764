package org.sardiffusion.pipelines.list;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.sardiffusion.geo.table.ListFile;
import org.sardiffusion.geo.table.Row;
import org.sardiffusion.geo.table.Table;

/** A table whose columns are options: {@code .csv}, {@code .tsv} or {@code .parquet}. */
final class TableLines {
  private TableLines() {}

  static void read(ListFile file, PromptList.Collector collector) {
    Table table = Table.read(file);
    table.notes().forEach(collector::note);
    if (table.columns().isEmpty()) {
      return;
    }
    ColumnChoice choice = collector.choice();
    choice.requireKnown(table.columns(), table.header());
    Map<String, String> options =
        options(table.header(), table.columns().stream().filter(choice::reads).toList());
    Set<String> wanted = options.keySet();
    for (Row row : table.rows(wanted)) {
      Map<String, String> cells = new LinkedHashMap<>();
      row.cells().forEach((column, text) -> cells.put(options.get(column), text));
      try {
        if (row.problem().isPresent()) {
          throw new PromptListException(row.problem().get());
        }
        collector.add(line(row.line(), cells));
      } catch (PromptListException e) {
        collector.reject(
            new RejectedLine(
                row.line(), cells.getOrDefault(ImageColumns.PROMPT, ""), e.getMessage()));
      }
    }
  }

  /** The option that each column stands for. */
  private static Map<String, String> options(String header, List<String> columns) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String column : columns) {
      String option = ImageColumns.canonical(column);
      if (options.containsValue(option)) {
        throw new PromptListException(header + ": two columns are named \"" + option + "\".");
      }
      options.put(column, option);
    }
    if (!options.containsValue(ImageColumns.PROMPT)) {
      throw new PromptListException(
          header
              + ": one of the columns must be \"prompt\", but there are only "
              + columns.stream().collect(Collectors.joining("\", \"", "\"", "\""))
              + ". The first line of a table names its columns; a list without a header is a"
              + " .txt.");
    }
    return options;
  }

  private static PromptLine line(int number, Map<String, String> cells) {
    Map<String, List<String>> options = new LinkedHashMap<>();
    Optional<Combination> combination = Optional.empty();
    for (Map.Entry<String, String> cell : cells.entrySet()) {
      if (cell.getKey().equals(ColumnChoice.COMBINE)) {
        combination = Optional.of(Combination.parse(cell.getValue()));
      } else {
        options.put(cell.getKey(), Grid.values(cell.getKey(), cell.getValue()));
      }
    }
    return new PromptLine(number, options, combination);
  }
}
