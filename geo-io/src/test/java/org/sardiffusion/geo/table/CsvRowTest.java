package org.sardiffusion.geo.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.geo.TableException;

class CsvRowTest {
  private static List<CsvRow> read(String text) {
    try {
      Path file = Files.createTempFile("rows", ".csv");
      try {
        return CsvRow.read(new ListFile(Files.writeString(file, text), "a list", ""));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whatever fields hold, quoted as RFC 4180 says, comes back, and so do the lines. */
  @Property(tries = 300)
  void quotedFieldsComeBack(
      @ForAll("rows") List<List<String>> rows, @ForAll("separators") char separator) {
    StringBuilder text = new StringBuilder();
    List<CsvRow> expected = new ArrayList<>();
    int line = 1;
    for (List<String> row : rows) {
      String written =
          String.join(
              String.valueOf(separator),
              row.stream().map(field -> '"' + field.replace("\"", "\"\"") + '"').toList());
      // The first line says which separator it is.
      text.append(written).append(line == 1 ? String.valueOf(separator).repeat(9) : "");
      text.append('\n');
      List<String> fields = new ArrayList<>(row.stream().map(String::strip).toList());
      if (line == 1) {
        fields.addAll(java.util.Collections.nCopies(9, ""));
      }
      if (!fields.stream().allMatch(String::isEmpty)) {
        expected.add(new CsvRow(line, fields));
      }
      line += 1 + (int) written.chars().filter(c -> c == '\n').count();
    }
    assertEquals(expected, read(text.toString()));
  }

  @Provide
  Arbitrary<List<List<String>>> rows() {
    Arbitrary<String> field =
        Arbitraries.strings().withChars("ab \"\n,;\t\u00e9").ofMinLength(0).ofMaxLength(6);
    Arbitrary<List<String>> row = field.list().ofMinSize(1).ofMaxSize(4);
    // A line break within the first line would hide its separators.
    return row.list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .filter(rows -> rows.get(0).stream().noneMatch(f -> f.matches("(?s).*[\n,;\t].*")));
  }

  @Provide
  Arbitrary<Character> separators() {
    return Arbitraries.of(',', ';', '\t');
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '!',
      delimiter = '#',
      value = {
        "a,b~\"x\"y,z#line 2: text follows a closing quote",
        "a,b~c,d~\"x, \"y\", z\",e#line 3: text follows a closing quote",
        "a,b~\"x~y#line 2: a quote opens there that nothing closes"
      })
  void whatQuotesDontSayIsRefused(String text, String message) {
    TableException e = assertThrows(TableException.class, () -> read(text.replace('~', '\n')));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '!',
      delimiter = '#',
      value = {"a, \"x, y\" ,b", "a,\"x, y\",b", "\uFEFFa,\"x, y\"\uFEFF,b"})
  void blanksAndMarksAroundFieldsAreNotTheirs(String text) {
    assertEquals(List.of(new CsvRow(1, List.of("a", "x, y", "b"))), read(text));
  }
}
