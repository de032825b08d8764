package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyWriter;

class DatasetCommandTest {
  @TempDir Path folder;
  private Path out;

  @BeforeEach
  void images() throws IOException {
    out = folder.resolve("set");
    Path images = Files.createDirectory(folder.resolve("images"));
    StringBuilder captions = new StringBuilder("file_name,caption\n");
    for (int i = 1; i <= 6; i++) {
      Random random = new Random(i);
      float[] speckle = new float[96 * 64];
      for (int p = 0; p < speckle.length; p++) {
        speckle[p] = (float) Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
      }
      NpyWriter.write(images.resolve(i + ".npy"), new NpyArray(new int[] {64, 96}, speckle));
      captions.append(i).append(".npy,").append(i % 2 == 0 ? "a forest" : "ploughed fields");
      captions.append('\n');
    }
    Files.writeString(folder.resolve("captions.csv"), captions);
  }

  private CommandRun dataset(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "dataset",
                folder.resolve("images").toString(),
                "--captions",
                folder.resolve("captions.csv").toString(),
                "--out",
                out.toString()));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--spacing")) {
      arguments.addAll(List.of("--spacing", "0.2"));
    }
    if (!arguments.contains("--patch")) {
      arguments.addAll(List.of("--patch", "32x32"));
    }
    return CommandRun.of(arguments);
  }

  @Test
  void countsCategoriesInATable() {
    CommandRun run = dataset("--split", "0.5,0.25,0.25");
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().startsWith("category"), run.out());
    assertTrue(run.out().contains("forest"), run.out());
    assertTrue(run.out().contains("field"), run.out());
    assertTrue(run.out().contains("dropped: none"), run.out());
    assertTrue(Files.isRegularFile(out.resolve("train/metadata.jsonl")));
    assertTrue(Files.isRegularFile(out.resolve("categories.svg")));
  }

  @Test
  void printsOneJsonObject() throws IOException {
    CommandRun run = dataset("--json", "--quiet");
    assertEquals(0, run.status(), run.err());
    assertEquals(1, run.out().lines().count());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals(
        6,
        json.at("/splits/train/images").asInt()
            + json.at("/splits/validation/images").asInt()
            + json.at("/splits/test/images").asInt());
    assertEquals(0, json.at("/dropped/blurred").asInt());
    assertEquals(64, json.path("data_sha256").asText().length());
    assertEquals(out.toString(), json.path("out").asText());
  }

  @Test
  void aDryRunWritesNothing() throws IOException {
    CommandRun run = dataset("--dry-run", "--json");
    assertEquals(0, run.status(), run.err());
    assertEquals(6, new ObjectMapper().readTree(run.out()).path("sources").asInt());
    assertFalse(Files.exists(out));
  }

  @Test
  void asksBeforeItReplaces() {
    assertEquals(0, dataset().status());
    CommandRun again = dataset();
    assertEquals(2, again.status());
    assertTrue(again.err().contains("--overwrite"), again.err());
    assertEquals(0, dataset("--overwrite", "--bits", "16").status());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--split | 0.5,0.5 | three shares",
        "--split | 0.9,0.9,0.9 | add up to 1",
        "--bits | 12 | 8 or 16",
        "--patch | 32 | WIDTHxHEIGHT",
        "--spacing | 0 | positive",
        "--labels | nowhere.yaml | no keyword dictionary",
        "--scene-of | ( | regular expression",
        "--optical | /nowhere | --captioner",
        "--caption-template | A scene | {caption}",
        "--uncaptioned | perhaps | expected one of"
      })
  void aWrongOptionIsAUsageError(String option, String value, String why) {
    CommandRun run = dataset(option, value);
    assertEquals(2, run.status(), run.err());
    assertTrue(run.err().contains(why), run.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void whatTheDataLackIsAFailure() {
    CommandRun run = dataset("--target-spacing", "0.1");
    assertEquals(1, run.status());
    assertTrue(run.err().contains("coarser"), run.err());
  }
}
