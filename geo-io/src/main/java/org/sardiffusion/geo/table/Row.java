package org.sardiffusion.geo.table;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.geo.TableException;

/**
 * A row of a table.
 *
 * @param line where it begins in a text, or its number among the rows, from 1
 * @param cells by column, without those that are blank
 * @param problem why the row can't be used, if it can't: a sentence
 */
public record Row(int line, Map<String, String> cells, Optional<String> problem) {
  public Row {
    cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
  }

  /**
   * The row, if it can be used.
   *
   * @param file that holds it
   * @throws TableException if it can't be used
   */
  public Row orThrow(Path file) {
    problem.ifPresent(
        sentence -> {
          throw TableException.at(file, line, sentence);
        });
    return this;
  }
}
