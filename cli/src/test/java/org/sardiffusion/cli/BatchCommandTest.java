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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LIST = "prompt,label,count\na forest,forest,2\na field,field,1\n";

  @TempDir Path folder;

  private CommandRun batch(String list, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("p.csv"), list);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "batch",
                file.toString(),
                "--out",
                folder.resolve("out").toString(),
                "--model",
                Bundles.EPS.toString(),
                "--steps",
                "1"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments);
  }

  @Test
  void makesADatasetThenHasNothingToDo() throws IOException {
    CommandRun first =
        batch(
            LIST,
            "--format",
            "png",
            "--crs",
            "EPSG:32631",
            "--origin",
            "500000,5400000",
            "--json",
            "--quiet");
    assertEquals(0, first.status(), first.err());
    JsonNode json = JSON.readTree(first.out());
    assertEquals(3, json.get("made").asInt());
    assertTrue(Files.isRegularFile(Path.of(json.get("contact_sheet").asText())));
    assertEquals(3, Files.readAllLines(Path.of(json.get("manifest").asText())).size());

    CommandRun second =
        batch(
            LIST,
            "--format",
            "png",
            "--crs",
            "EPSG:32631",
            "--origin",
            "500000,5400000",
            "--resume");
    assertEquals(0, second.status(), second.err());
    assertTrue(second.err().contains("3 of 3 images are complete"), second.err());
    assertEquals(folder.resolve("out/index.html").toString(), second.out().strip());
  }

  @Test
  void showsThePlanAndMakesNothing() throws IOException {
    CommandRun run = batch(LIST, "--dry-run", "--grid", "guidance=3|5", "--json");
    assertEquals(0, run.status(), run.err());
    JsonNode plan = JSON.readTree(run.out());
    assertEquals(6, plan.get("planned").asInt());
    assertEquals(4, plan.get("labels").get("forest").asInt());
    assertFalse(Files.exists(folder.resolve("out")));
    assertTrue(batch(LIST, "--dry-run").out().startsWith("3 images into "), "for people");
  }

  @Test
  void columnsOfOtherProgramsCanBeIgnored() throws IOException {
    String list = ",prompt,Guidence,id\n0,a forest,3,7\n";
    CommandRun refused = batch(list, "--dry-run");
    assertEquals(2, refused.status());
    assertTrue(refused.err().contains("did you mean \"guidance\"?"), refused.err());
    assertTrue(refused.err().contains("--ignore-columns guidence,id"), refused.err());
    CommandRun run = batch(list, "--dry-run", "--ignore-columns", "guidence,id");
    assertEquals(0, run.status(), run.err());
    assertTrue(run.err().contains("to_csv(index=False)"), run.err());
    assertFalse(batch("prompt,seed\na,one\n", "--dry-run").out().contains("beginning with"));
  }

  @Test
  void oneBadLineIsToldAndTheOthersAreMade() throws IOException {
    CommandRun run = batch("prompt,seed\na forest,1\na field,one\n", "--format", "npy");
    assertEquals(1, run.status(), run.err());
    assertTrue(run.err().contains("line 3: \"one\" is not a whole number"), run.err());
    assertTrue(run.err().contains("failures.jsonl"), run.err());
    assertEquals(1, Files.readAllLines(folder.resolve("out/manifest.jsonl")).size());
    assertEquals(1, Files.readAllLines(folder.resolve("out/failures.jsonl")).size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "--max-images 2#2#options: --max-images",
        "--grid colour=1|2#2#not an option of an image",
        "--shard 3/2#2#from 1 to N",
        "--format jpg#2#not a known format",
        "--seeds random#2#hashed",
        "--resume#1#nothing to continue",
        "--origin 1,2#2#needs a crs",
        "--val-share 2#1#between 0 and 1",
        "--format png --sample-type float32#2#UINT8"
      })
  void mistakesAreToldBeforeAnythingIsMade(String arguments, int status, String message)
      throws IOException {
    CommandRun run = batch(LIST, arguments.split(" "));
    assertTrue(run.err().toLowerCase().contains(message.toLowerCase()), run.err());
    assertEquals(status, run.status(), run.err());
    assertFalse(Files.exists(folder.resolve("out/manifest.jsonl")));
  }
}
