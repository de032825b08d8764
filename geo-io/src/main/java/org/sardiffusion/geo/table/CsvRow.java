package org.sardiffusion.geo.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.geo.TableException;

/**
 * A row of a table as RFC 4180 describes it: quotes around a field let it hold separators, line
 * breaks and, doubled, quotes. The separator is the one of comma, semicolon and tab that the first
 * line has most of.
 *
 * @param line where it begins, from 1
 * @param fields without the blanks around them
 */
public record CsvRow(int line, List<String> fields) {
  private static final char[] SEPARATORS = {',', ';', '\t'};
  private static final CsvFactory CSV =
      CsvFactory.builder()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.TRIM_SPACES)
          .build();

  public CsvRow {
    fields = List.copyOf(fields);
  }

  /**
   * Reads all rows that are not blank.
   *
   * @throws TableException if a quote is never closed, or text follows a closing one
   */
  public static List<CsvRow> read(ListFile file) {
    String text = file.text();
    List<CsvRow> rows = new ArrayList<>();
    int line = 1;
    try (CsvParser parser = CSV.createParser(text)) {
      parser.setSchema(CsvSchema.emptySchema().withColumnSeparator(separator(text)));
      parser.nextToken();
      while (parser.nextToken() == JsonToken.START_ARRAY) {
        List<String> fields = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          fields.add(parser.getText().strip());
        }
        if (!fields.stream().allMatch(String::isEmpty)) {
          rows.add(new CsvRow(line, fields));
        }
        line = parser.currentLocation().getLineNr();
      }
    } catch (JsonProcessingException e) {
      throw TableException.at(
          file.path(),
          line,
          e.getOriginalMessage().startsWith("Missing closing quote")
              ? "a quote opens there that nothing closes."
              : "text follows a closing quote: within a quoted field, write each quote twice.");
    } catch (IOException e) {
      throw new UncheckedIOException("A text is always readable.", e);
    }
    return rows;
  }

  private static char separator(String text) {
    String header = text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    char most = SEPARATORS[0];
    for (char candidate : SEPARATORS) {
      if (count(header, candidate) > count(header, most)) {
        most = candidate;
      }
    }
    return most;
  }

  private static long count(String header, char character) {
    return header.chars().filter(c -> c == character).count();
  }
}
