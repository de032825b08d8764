package org.sardiffusion.geo.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.geo.TableException;

class TableTest {
  @TempDir Path folder;

  private ListFile file(String name, String text) throws IOException {
    return new ListFile(Files.writeString(folder.resolve(name), text), "a list", "Split it.");
  }

  private Table csv(String text) throws IOException {
    return Table.read(file("list.csv", text));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '!',
      delimiter = '#',
      value = {",prompt,seed~0,A,1~1,B,", "Unnamed: 0,prompt,seed~0,A,1.0~1,B,"})
  void theIndexThatPandasWritesIsPassedOverWithANote(String text) throws IOException {
    Table table = csv(text.replace('~', '\n'));
    assertEquals(List.of("prompt", "seed"), table.columns());
    assertTrue(table.notes().get(0).contains("index=False"), table.notes().toString());
    List<Row> rows = table.rows(Set.of("prompt", "seed"));
    assertEquals(Set.of("prompt", "seed"), rows.get(0).cells().keySet());
    assertEquals(new Row(3, Map.of("prompt", "B"), Optional.empty()), rows.get(1));
  }

  @Test
  void columnsOfASpreadsheetThatHoldNothingDontMatter() throws IOException {
    Table table = csv("prompt;label;;\nA;x;;\n;;;\n");
    assertEquals(List.of("prompt", "label"), table.columns());
    assertEquals(List.of(), table.notes());
    assertEquals(1, table.rows(Set.of("prompt")).size());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '!',
      delimiter = '#',
      value = {
        "prompt,,label~A,x,y#line 1: column 2 has no name",
        "prompt,seed,prompt~A,1,B#line 1: two columns are named \"prompt\""
      })
  void headersAreUnambiguous(String text, String message) {
    TableException e = assertThrows(TableException.class, () -> csv(text.replace('~', '\n')));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void rowsWithMoreFieldsThanColumnsSayWhere() throws IOException {
    List<Row> rows = csv("prompt,seed\nA,1\n\nB,2,3\n").rows(Set.of("prompt"));
    assertEquals(Map.of("prompt", "B"), rows.get(1).cells());
    Path path = folder.resolve("list.csv");
    assertEquals(rows.get(0), rows.get(0).orThrow(path));
    TableException e = assertThrows(TableException.class, () -> rows.get(1).orThrow(path));
    assertTrue(e.getMessage().contains("line 4: the row has 3 fields"), e.getMessage());
  }

  @Test
  void parquetIsReadByTheColumnsThatAreWanted() {
    Path lists = Path.of("src/test/resources/parquet/tables/refused/lists.parquet");
    Table table = Table.read(new ListFile(lists, "a list", ""));
    assertEquals(List.of("before", "lists", "after"), table.columns());
    assertEquals(
        List.of(new Row(1, Map.of("before", "a", "after", "z"), Optional.empty())),
        table.rows(Set.of("before", "after")));
    assertThrows(TableException.class, () -> table.rows(Set.of("lists")));
  }

  @Test
  void aLineHoldsOneObject() throws IOException {
    ListFile list =
        file(
            "list.jsonl",
            """
            {"prompt": "A", "seed": NaN, "label": null}
            {"prompt": "A"}{"prompt": "B"}

            {"prompt": "C"} junk
            {"prompt": "C", "prompt": "D"}
            ["A"]
            {"prompt": "A"
            """);
    List<JsonLine> lines = JsonLine.read(list);
    assertEquals("{\"prompt\":\"A\"}", lines.get(0).object().toString());
    List<String> messages =
        List.of(
            "line 2: something follows",
            "line 4: something follows",
            "line 5: it is not JSON: Duplicate",
            "line 6: it is not a JSON object",
            "line 7: it is not JSON");
    for (int i = 0; i < messages.size(); i++) {
      JsonLine line = lines.get(i + 1);
      String said = assertThrows(TableException.class, line::object).getMessage();
      assertTrue(said.contains(messages.get(i)), said);
    }
  }

  @Test
  void whatIsNoTextSaysItsLine() throws IOException {
    Path latin =
        Files.write(
            folder.resolve("latin.csv"),
            "prompt\nA\ncaf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    TableException e =
        assertThrows(
            TableException.class, () -> Table.read(new ListFile(latin, "a prompt list", "")));
    assertTrue(e.getMessage().contains("is not UTF-8 in line 3"), e.getMessage());
    Path cut = Files.write(folder.resolve("cut.csv"), new byte[] {'a', '\n', (byte) 0xC3});
    assertTrue(
        assertThrows(TableException.class, () -> Table.read(new ListFile(cut, "a list", "")))
            .getMessage()
            .contains("line 2"));
  }
}
