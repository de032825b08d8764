package org.sardiffusion.pipelines.scene.map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A row of a table as RFC 4180 describes it, whose separator is the one of comma, semicolon and tab
 * that its first line has most of.
 *
 * @param line where it begins, from 1
 * @param fields without the spaces around them
 */
record CsvRow(int line, List<String> fields) {
  private static final char[] SEPARATORS = {',', ';', '\t'};

  CsvRow {
    fields = List.copyOf(fields);
  }

  /**
   * Reads all rows that are not blank.
   *
   * @throws PromptMapException if a quote is never closed
   * @throws IOException if the file can't be read
   */
  static List<CsvRow> read(Path file) throws IOException {
    List<CsvRow> rows = new ArrayList<>();
    try (BufferedReader text = Files.newBufferedReader(file);
        MappingIterator<String[]> records =
            CsvMapper.builder()
                .enable(CsvParser.Feature.WRAP_AS_ARRAY)
                .build()
                .readerFor(String[].class)
                .with(CsvSchema.emptySchema().withColumnSeparator(separator(file)))
                .readValues(text)) {
      int line = 1;
      while (records.hasNextValue()) {
        List<String> fields =
            Arrays.stream(records.nextValue()).map(f -> f.replace("\uFEFF", "").strip()).toList();
        if (!fields.stream().allMatch(String::isEmpty)) {
          rows.add(new CsvRow(line, fields));
        }
        line = records.getCurrentLocation().getLineNr();
      }
    } catch (JsonProcessingException e) {
      throw PromptMapException.at(
          file, e.getLocation().getLineNr(), "it is no table: " + e.getOriginalMessage() + ".");
    }
    return rows;
  }

  private static char separator(Path file) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String header = reader.readLine();
      char most = SEPARATORS[0];
      for (char candidate : SEPARATORS) {
        if (count(header, candidate) > count(header, most)) {
          most = candidate;
        }
      }
      return most;
    }
  }

  private static long count(String header, char separator) {
    return header.chars().filter(c -> c == separator).count();
  }
}
