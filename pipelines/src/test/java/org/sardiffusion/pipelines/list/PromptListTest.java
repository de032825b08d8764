package org.sardiffusion.pipelines.list;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.geo.TableException;
import org.sardiffusion.geo.table.parquet.ParquetTable;

class PromptListTest {
  @TempDir Path folder;

  private PromptList read(String name, String text) throws IOException {
    return PromptList.read(Files.writeString(folder.resolve(name), text));
  }

  @Test
  void textHasOnePromptALine() throws IOException {
    PromptList list = read("p.txt", "\uFEFFa forest\n\n# a note\r\n  a {field|city}, \"wide\"\n");
    assertEquals(
        List.of("a forest", "a {field|city}, \"wide\""),
        list.lines().stream().map(PromptLine::prompt).toList());
    assertEquals(List.of(1, 4), list.lines().stream().map(PromptLine::number).toList());
  }

  @Test
  void tablesFollowRfc4180() throws IOException {
    PromptList list =
        read(
            "p.csv",
            "Prompt,LABEL,--guidance,clip_skip\r\n"
                + "\"a forest, \"\"dense\"\",\nwide\",forest|wood,3|5,\r\n"
                + "\r\n"
                + "a field\n"
                + "a,b,1,2,3\n"
                + "last,,7,1");
    assertEquals(3, list.lines().size());
    assertEquals(
        Map.of(
            "prompt", List.of("a forest, \"dense\",\nwide"),
            "label", List.of("forest|wood"),
            "guidance", List.of("3", "5")),
        list.lines().get(0).options());
    assertEquals(Map.of("prompt", List.of("a field")), list.lines().get(1).options());
    assertEquals(5, list.lines().get(1).number());
    assertEquals(List.of("1"), list.lines().get(2).options().get("clip-skip"));
    assertEquals(6, list.rejected().get(0).number());
    assertTrue(list.rejected().get(0).reason().contains("5 fields"), list.toString());
  }

  @ParameterizedTest
  @CsvSource({"prompt;label, a;b", "'prompt\tlabel', 'a\tb'"})
  void tablesMayBeSeparatedOtherwise(String header, String row) throws IOException {
    PromptList list = read("p.csv", header + "\n" + row + "\n");
    assertEquals(
        Map.of("prompt", List.of("a"), "label", List.of("b")), list.lines().get(0).options());
  }

  @Test
  void jsonLinesTakeNumbersAndArrays() throws IOException {
    PromptList list =
        read(
            "p.jsonl",
            "{\"prompt\": \"a\", \"guidance\": [3, 5.5], \"negative\": \"\", \"seed\": null}\n"
                + "{\"prompt\": \"b\"\n"
                + "[]\n"
                + "{\"prompt\": \"c\", \"colour\": 1}\n"
                + "{\"prompt\": \"d\", \"combine\": \"zip\"}\n");
    assertEquals(
        Map.of(
            "prompt", List.of("a"),
            "guidance", List.of("3", "5.5"),
            "negative-prompt", List.of("")),
        list.lines().get(0).options());
    assertEquals(Combination.ZIP, list.lines().get(1).combination().orElseThrow());
    assertEquals(List.of(2, 3, 4), list.rejected().stream().map(RejectedLine::number).toList());
  }

  @Test
  void columnsThatSayNothingOfAnImageCanBeIgnored() throws IOException {
    Path csv = Files.writeString(folder.resolve("p.csv"), "id,prompt,Day Of Year\n7,a,3\n");
    PromptListException e =
        assertThrows(PromptListException.class, () -> PromptList.read(csv, Set.of("id")));
    assertEquals(List.of(Remedy.set("ignore_columns", "day of year")), e.remedies());
    List<PromptLine> lines = PromptList.read(csv, Set.of("ID", "day of year")).lines();
    assertEquals(Map.of("prompt", List.of("a")), lines.get(0).options());
    Path json =
        Files.writeString(
            folder.resolve("p.jsonl"),
            "{\"prompt\": \"a\", \"id\": {\"x\": 1}}\n{\"prompt\": \"b\", \"no\": 1}\n");
    PromptList list = PromptList.read(json, Set.of("id"));
    assertEquals(Map.of("prompt", List.of("a")), list.lines().get(0).options());
    assertEquals(2, list.rejected().get(0).number());
  }

  @Test
  void aLineHasOneObject() throws IOException {
    PromptList list =
        read(
            "p.jsonl",
            "{\"prompt\":\"A\"}{\"prompt\":\"B\"}\n{\"prompt\":\"C\"} junk\n"
                + "{\"prompt\":\"D\",\"seed\":NaN}\n{\"prompt\":\"E\",\"caption\":\"F\"}\n");
    assertEquals(List.of(1, 2, 4), list.rejected().stream().map(RejectedLine::number).toList());
    assertEquals(
        "something follows its JSON object: write one object on each line.",
        list.rejected().get(0).reason());
    assertEquals(Map.of("prompt", List.of("D")), list.lines().get(0).options());
  }

  @Test
  void theIndexOfPandasIsNoted() throws IOException {
    PromptList list = read("p.csv", ",prompt,seed\n0,A,1.0\n1,B,\n");
    assertEquals(1, list.notes().size());
    assertEquals(
        Map.of("prompt", List.of("A"), "seed", List.of("1.0")), list.lines().get(0).options());
  }

  @Test
  void parquetHasTheSameColumns() throws IOException {
    Path file = folder.resolve("p.parquet");
    try (OutputStream out = Files.newOutputStream(file)) {
      new ParquetTable(
              List.of(
                  new ParquetTable.Texts("Prompt", List.of("a", "b")),
                  new ParquetTable.Numbers("seed", List.of(Double.NaN, 4294967295.0)),
                  new ParquetTable.Texts("guidance_scale", List.of("3|5.5", ""))))
          .write(out, "test");
    }
    List<PromptLine> lines = PromptList.read(file).lines();
    assertEquals(
        Map.of("prompt", List.of("a"), "guidance", List.of("3", "5.5")), lines.get(0).options());
    assertEquals(
        Map.of("prompt", List.of("b"), "seed", List.of("4294967295")), lines.get(1).options());
    assertEquals(2, lines.get(1).number());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p.csv|label,seed~a,1|must be \"prompt\"",
        "p.csv|prompt,colour~a,red|p.csv, line 1 has \"colour\", which is not an option of an image: correct",
        "p.csv|prompt,guidence~a,3|(did you mean \"guidance\"?)",
        "p.csv|prompt,a-b,c~a,3,4|\"a-b\", which is not an option of an image, and \"c\", which",
        "p.csv|prompt,label~\"a\" b,x|line 2: text follows a closing quote",
        "p.csv|prompt,,label~a,3,b|line 1: column 2 has no name",
        "p.csv|prompt,prompt~a,b|two columns",
        "p.csv|prompt~\"a|line 2: a quote opens",
        "p.csv|prompt~|holds no prompt",
        "p.txt|# only a note|holds no prompt",
        "p.txt|a^b|zero byte in line 1",
        "p.docx|a|.txt, .csv, .jsonl, .parquet or .yaml"
      })
  void whatIsNoListIsRefused(String name, String text, String message) {
    SarDiffusionException e =
        assertThrows(
            SarDiffusionException.class,
            () -> read(name, text.replace('~', '\n').replace('^', '\0')));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void blobsAndHugeFilesAreRefused() throws IOException {
    Path blob =
        Files.write(folder.resolve("b.txt"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(
        assertThrows(TableException.class, () -> PromptList.read(blob))
            .getMessage()
            .contains("UTF-8"));
    Path huge = folder.resolve("h.txt");
    try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
      file.setLength(1L << 30);
    }
    assertTrue(
        assertThrows(TableException.class, () -> PromptList.read(huge))
            .getMessage()
            .contains("1024 MiB"));
    assertThrows(TableException.class, () -> PromptList.read(folder));
    assertThrows(TableException.class, () -> PromptList.read(folder.resolve("none.txt")));
  }
}
