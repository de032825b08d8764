package org.sardiffusion.training.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.geo.TableException;
import org.sardiffusion.geo.raster.Spacing;

/** Captions and the labels that are found in them. */
class WordsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "A dense forest next to a lake | forest,water",
        "Two LAKES between forests | water,forest",
        "several cities and beaches | city,beach",
        "high velocity over the capacity | ''",
        "an airfield | airport",
        "a sea-coast with a pier | seacoast,port",
        "a river bank | river",
        "tree lines along a plowed field | vegetation,field",
        "houses, streets and a parking lot | residential,roads",
        "nothing to be seen | ''"
      })
  void keywordsAreWholeWordsInSingularAndPlural(String caption, String labels) {
    assertEquals(
        labels.isEmpty() ? List.of() : List.of(labels.split(",")),
        LabelDictionary.standard().labels(caption));
  }

  @Test
  void theStandardCategoriesAreThoseOfThePaper() {
    assertEquals(
        Set.of(
            "airport",
            "city",
            "desert",
            "field",
            "forest",
            "mountains",
            "port",
            "residential",
            "river",
            "roads",
            "seacoast",
            "structures",
            "vegetation",
            "water",
            "beach",
            "industrial"),
        Set.copyOf(LabelDictionary.standard().categories()));
  }

  @Test
  void aDictionaryCanBeReplaced() throws Exception {
    Path file = Files.writeString(folder.resolve("labels.yaml"), "ice: [glacier, ice floe]\n");
    assertEquals(List.of("ice"), LabelDictionary.read(file).labels("Ice floes by a forest"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "- forest", "forest: wood", "forest: []", "forest: [1]", "a: [b"})
  void aDictionaryThatIsNoneIsRefused(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("labels.yaml"), yaml);
    DatasetException e = assertThrows(DatasetException.class, () -> LabelDictionary.read(file));
    assertTrue(e.getMessage().contains("labels.yaml"), e.getMessage());
  }

  private CaptionBook book(String name, String content) throws Exception {
    return CaptionBook.read(Files.writeString(folder.resolve(name), content));
  }

  @Test
  void jsonLinesAndCsvSayTheSame() throws Exception {
    CaptionBook json =
        book(
            "a.jsonl",
            """
            {"file_name": "images/a.tif", "caption": "x, \\"y\\"", "labels": ["l", "m"], "scene": "s", \
            "spacing": [0.2, 0.3], "mask": [[1, 2, 3, 4]], "other": 1}
            """);
    CaptionBook csv =
        book(
            "a.csv",
            "\uFEFFfile,text,labels,scene,spacing,inserted_vehicles,other\n"
                + "images/a.tif,\"x, \"\"y\"\"\",l; m,s,\"[0.2, 0.3]\",\"[[1, 2, 3, 4]]\",1\n");
    Caption expected =
        new Caption(
            Optional.of("x, \"y\""),
            List.of("l", "m"),
            Optional.of("s"),
            Optional.of(new Spacing(0.2, 0.3)),
            List.of(new Box(1, 2, 3, 4)));
    assertEquals(Optional.of(expected), json.find(Path.of("/data/images/a.tif")));
    assertEquals(Optional.of(expected), csv.find(Path.of("/data/images/a.tif")));
  }

  @Test
  void tablesMayBeSeparatedOtherwiseAndCarryTheIndexOfPandas() throws Exception {
    CaptionBook book = book("a.csv", ";file_name;text\n0;a.tif;\"x; \"\"y\"\"\"\n1;b.tif;\n");
    assertEquals(Optional.of("x; \"y\""), book.find(Path.of("a.tif")).orElseThrow().text());
    assertEquals(Optional.empty(), book.find(Path.of("b.tif")).orElseThrow().text());
    TableException e =
        assertThrows(
            TableException.class, () -> book("b.csv", "file_name,text\na,A\nb,\"B\" or C\n"));
    assertTrue(e.getMessage().contains("b.csv, line 3: text follows"), e.getMessage());
  }

  @Test
  void namesMatchWithMoreOrFewerFoldersAndWithoutEnding() throws Exception {
    CaptionBook book = book("a.csv", "file_name,caption\nx/a.tif,one\nb,two\n");
    assertEquals("one", book.find(Path.of("/d/x/a.tif")).orElseThrow().text().orElseThrow());
    assertEquals("one", book.find(Path.of("a.tif")).orElseThrow().text().orElseThrow());
    assertEquals("two", book.find(Path.of("/d/b.png")).orElseThrow().text().orElseThrow());
    assertTrue(book.find(Path.of("/d/ab.png")).isEmpty());
  }

  @Test
  void aNameThatCouldBeTwoFilesIsRefused() throws Exception {
    CaptionBook book = book("a.csv", "file_name,caption\nx/a.tif,one\ny/a.tif,two\n");
    assertEquals("two", book.find(Path.of("/d/y/a.tif")).orElseThrow().text().orElseThrow());
    assertThrows(DatasetException.class, () -> book.find(Path.of("/d/z/a.tif")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "{\"file_name\": \"a\", \"text\": \"A\"}{\"file_name\": \"b\", \"text\": \"B\"}",
        "{\"caption\": \"no name\"}",
        "{\"file_name\": \"a\", \"mask\": [[1, 2, 3]]}",
        "{\"file_name\": \"a\", \"mask\": [[3, 0, 1, 1]]}",
        "{\"file_name\": \"a\", \"spacing\": -1}",
        "{\"file_name\": \"a\", \"spacing\": \"wide\"}"
      })
  void aWrongLineIsNamed(String line) {
    SarDiffusionException e =
        assertThrows(
            SarDiffusionException.class,
            () -> book("a.jsonl", "{\"file_name\": \"z\", \"caption\": \"z\"}\n" + line));
    assertTrue(e.getMessage().contains("a.jsonl, line 2: "), e.getMessage());
  }
}
