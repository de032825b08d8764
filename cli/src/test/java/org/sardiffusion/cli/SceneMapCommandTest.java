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

/** Scenes under several prompts. */
class SceneMapCommandTest {
  @TempDir Path folder;

  private CommandRun run(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "scene",
                "--model",
                Bundles.EPS.toAbsolutePath().toString(),
                "--steps",
                "1",
                "--width",
                "96",
                "--height",
                "64",
                "--out",
                folder.resolve("a.tif").toString()));
    for (String option : more) {
      arguments.add(option.replace("@", folder + "/"));
    }
    return CommandRun.of(arguments);
  }

  private void files() throws IOException {
    Files.writeString(
        folder.resolve("m.geojson"),
        """
        {"type": "FeatureCollection", "features": [
          {"type": "Feature", "properties": {"prompt": "a forest"}, "geometry":
            {"type": "Polygon", "coordinates": [[[0, 0], [48, 0], [48, 64], [0, 64], [0, 0]]]}},
          {"type": "Feature", "properties": {"prompt": "a port"}, "geometry":
            {"type": "Polygon", "coordinates": [[[200, 0], [210, 0], [210, 64], [200, 0]]]}}]}
        """);
    Files.writeString(folder.resolve("l.csv"), "prompt,x_m\na forest,0\na field,19.2\n");
    Files.writeString(folder.resolve("l.yaml"), "0: a field\n");
  }

  @Test
  void aMapGoesIntoTheRecipe() throws IOException {
    files();
    CommandRun run =
        run("--prompt-map", "@m.geojson", "--prompt", "a field", "--blend", "5", "--json");
    assertEquals(0, run.status(), run.err());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals("[\"a forest\",\"a field\"]", json.at("/parameters/prompts").toString());
    assertEquals("m.geojson", json.at("/parameters/prompt_map/file").asText());
    assertEquals(5, json.at("/parameters/blend").asDouble());
    assertEquals(64, json.at("/parameters/cells_sha256").asText().length());
    String warnings = json.at("/warnings").toString();
    assertTrue(warnings.contains("line 4: the region of \\\"a port\\\" covers"), warnings);
  }

  @Test
  void aListNeedsNoPromptBeside() throws IOException {
    files();
    CommandRun run = run("--prompt-list", "@l.csv", "--json");
    assertEquals(0, run.status(), run.err());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals("[\"a forest\",\"a field\"]", json.at("/parameters/prompts").toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--seed 1|What does the scene show?",
        "--prompt-map @m.geojson|No region covers column 52, row 4 of the scene",
        "--prompt-map @m.geojson --prompt-list @l.csv|give one of them",
        "--prompt-map @m.geojson --legend @l.yaml|is GeoJSON",
        "--prompt-map @l.yaml|add a legend",
        "--prompt x --legend @l.yaml|A legend needs a map",
        "--prompt x --blend 5|The blend needs regions",
        "--prompt-list @l.csv --blend -5|Regions blend over 0 to",
        "--prompt-list @no.csv|There is no file",
        "--prompt x --strength 0.5|need --cascade",
        "--prompt x --cascade 0.8|has no ControlNet",
        "--prompt x --cascade 0.7|each twice the next",
        "--prompt x --cascade 0.8 --window 0,0,9,9|Options: no --window, no --cascade",
      })
  void wrongOptionsAreExplained(String options, String message) throws IOException {
    files();
    CommandRun run = run(options.split(" "));
    assertEquals(2, run.status(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(Files.exists(folder.resolve("a.tif")));
    assertFalse(Files.exists(folder.resolve("a.tif.scene")));
  }
}
