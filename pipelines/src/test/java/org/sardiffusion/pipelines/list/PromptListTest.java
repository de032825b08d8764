package org.sardiffusion.pipelines.list;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p.csv|label,seed~a,1|must be \"prompt\"",
        "p.csv|prompt,colour~a,red|no option of an image",
        "p.csv|prompt,prompt~a,b|two columns",
        "p.csv|prompt~\"a|line 2: a quote opens",
        "p.csv|prompt~|holds no prompt",
        "p.txt|# only a note|holds no prompt",
        "p.txt|a^b|zero byte in line 1",
        "p.docx|a|.txt, .csv, .jsonl, .parquet or .yaml"
      })
  void whatIsNoListIsRefused(String name, String text, String message) {
    PromptListException e =
        assertThrows(
            PromptListException.class,
            () -> read(name, text.replace('~', '\n').replace('^', '\0')));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void blobsAndHugeFilesAreRefused() throws IOException {
    Path blob =
        Files.write(folder.resolve("b.txt"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(
        assertThrows(PromptListException.class, () -> PromptList.read(blob))
            .getMessage()
            .contains("UTF-8"));
    Path huge = folder.resolve("h.txt");
    try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
      file.setLength(1L << 30);
    }
    assertTrue(
        assertThrows(PromptListException.class, () -> PromptList.read(huge))
            .getMessage()
            .contains("1024 MiB"));
    assertThrows(PromptListException.class, () -> PromptList.read(folder));
    assertThrows(PromptListException.class, () -> PromptList.read(folder.resolve("none.txt")));
  }
}
