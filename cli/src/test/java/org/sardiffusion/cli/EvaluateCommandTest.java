package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyWriter;

class EvaluateCommandTest {
  @TempDir Path folder;

  private Path images(String name, long seed, float scale) throws IOException {
    Path set = Files.createDirectories(folder.resolve(name));
    Random random = new Random(seed);
    StringBuilder list = new StringBuilder();
    for (int n = 0; n < 2; n++) {
      float[] a = new float[64 * 64];
      for (int i = 0; i < a.length; i++) {
        a[i] = (float) Math.min(1, scale * Math.sqrt(-2 * Math.log(1 - random.nextDouble())));
      }
      NpyWriter.write(set.resolve(n + ".npy"), new NpyArray(new int[] {64, 64}, a));
      list.append("{\"file_name\":\"").append(n).append(".npy\",\"label\":\"field\"}\n");
    }
    Files.writeString(set.resolve("metadata.jsonl"), list.toString());
    return set;
  }

  @Test
  void comparesFoldersAndWritesAReport() throws IOException {
    Path report = folder.resolve("report");
    CommandRun run =
        CommandRun.of(
            "evaluate",
            "--real",
            images("test-set", 1, 0.2f).toString(),
            "--compare",
            images("a", 2, 0.2f).toString(),
            images("b", 3, 0.3f).toString(),
            "--distances",
            "1,3",
            "--bins",
            "32",
            "--json",
            "--out",
            report.toString());
    assertEquals(0, run.status(), run.err());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals(32, json.at("/settings/bins").asInt());
    assertEquals("b", json.at("/generated/1/name").asText());
    assertTrue(
        json.at("/generated/0/distances/field/kl").asDouble()
            < json.at("/generated/1/distances/field/kl").asDouble());
    assertEquals(8, json.at("/real/labels/all/texture/glcm").size());
    assertEquals(run.out(), Files.readString(report.resolve("report.json")));
    for (String file :
        new String[] {
          "index.html", "report.md", "report.tex", "tables/summary.csv", "plots/histograms.png"
        }) {
      assertTrue(Files.size(report.resolve(file)) > 100, file);
    }
  }

  @Test
  void makesThePapersSuiteAndContinuesIt() throws IOException {
    Path run = folder.resolve("my-run");
    List<String> suite =
        List.of(
            "evaluate",
            "--suite",
            "paper",
            "--count",
            "1",
            "--model",
            Bundles.EPS.toString(),
            "--steps",
            "1",
            "--out",
            run.toString());
    CommandRun first = CommandRun.of(suite);
    assertEquals(0, first.status(), first.err());
    List<String> manifest = Files.readAllLines(run.resolve("images/manifest.jsonl"));
    assertEquals(11, manifest.size());
    assertTrue(manifest.get(0).contains(" image of an expansive airport"), manifest.get(0));
    byte[] report = Files.readAllBytes(run.resolve("report.json"));
    JsonNode json = new ObjectMapper().readTree(report);
    assertFalse(json.has("real"), "without real images there is no reference");
    assertFalse(json.at("/generated/0").has("distances"));
    assertEquals(12, json.at("/generated/0/labels").size(), "eleven categories and all");

    // An image is lost, as after a crash: it alone is made again, and the report is the same.
    String lost = new ObjectMapper().readTree(manifest.get(3)).get("file").asText();
    Files.delete(run.resolve("images").resolve(lost));
    CommandRun second = CommandRun.of(suite);
    assertEquals(0, second.status(), second.err());
    assertTrue(second.err().contains("10 of 11 images are complete"), second.err());
    assertArrayEquals(report, Files.readAllBytes(run.resolve("report.json")));

    List<String> more = new ArrayList<>(suite);
    more.set(more.indexOf("--count") + 1, "2");
    CommandRun larger = CommandRun.of(more);
    assertEquals(1, larger.status());
    assertTrue(larger.err().contains("name another --out"), larger.err());
    assertFalse(larger.err().contains("--extend"), larger.err());

    CommandRun compared =
        CommandRun.of(
            "evaluate",
            "--compare",
            run.toString(),
            "--json",
            "--out",
            folder.resolve("compared").toString());
    assertEquals(0, compared.status(), compared.err());
    assertEquals(
        json.at("/generated/0/labels"),
        new ObjectMapper().readTree(compared.out()).at("/generated/0/labels"),
        "a run is compared by its folder");
  }

  @Test
  void segmentAnythingFindsThePatches() throws IOException {
    CommandRun run =
        CommandRun.of(
            "evaluate",
            "--generated",
            images("g", 5, 0.2f).toString(),
            "--sam",
            "../evaluation/src/test/resources/org/sardiffusion/evaluation/sam/official",
            "--sam-points",
            "3",
            "--json",
            "--out",
            folder.resolve("report").toString());
    assertEquals(0, run.status(), run.err());
    assertEquals(
        3, new ObjectMapper().readTree(run.out()).at("/settings/sam/points_per_side").asInt());
    String page = Files.readString(folder.resolve("report/index.html"));
    assertTrue(page.contains("official (Segment Anything)"), page);
  }

  @Test
  void imagesWithoutCaptionsOrOfMixedSizesAreMeasuredAllTheSame() throws IOException {
    Path real = images("real", 6, 0.2f);
    Path mixed = Files.createDirectories(folder.resolve("mixed"));
    for (int side : new int[] {24, 64, 90}) {
      float[] a = new float[side * (side + 3)];
      Random random = new Random(side);
      for (int i = 0; i < a.length; i++) {
        a[i] = random.nextFloat();
      }
      NpyWriter.write(mixed.resolve(side + ".npy"), new NpyArray(new int[] {side, side + 3}, a));
    }
    CommandRun run =
        CommandRun.of(
            "evaluate",
            "--real",
            real.toString(),
            "--generated",
            mixed.toString(),
            "--sar-clip",
            "../evaluation/src/test/resources/org/sardiffusion/evaluation/sar-clip",
            "--json",
            "--out",
            folder.resolve("report").toString());
    assertEquals(0, run.status(), run.err());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals(3, json.at("/generated/0/labels/all/images").asInt());
    assertTrue(json.at("/generated/0/distances/all/kl").asDouble() > 0);
    assertTrue(json.at("/semantics/generated/0/features/fid").isNumber());
    assertEquals(0, json.at("/semantics/generated/0/labels/all/captioned").asInt());
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    String real = images("real", 1, 0.2f).toString();
    String out = folder.resolve("report").toString();
    failure(2, "--out", "evaluate", "--real", real, "--generated", real);
    failure(2, "--generated", "evaluate", "--real", real, "--out", out);
    failure(2, "--suite paper", "evaluate", "--generated", real, "--steps", "3", "--out", out);
    failure(2, "no suite", "evaluate", "--suite", "mine", "--out", out);
    failure(1, "no encoder", "evaluate", "--generated", real, "--sam", real, "--out", out);
    failure(2, "bins", "evaluate", "--real", real, "--generated", real, "--out", out, "--bins=1");
    failure(
        2, "angles", "evaluate", "--real", real, "--generated", real, "--out", out, "--angles=x");
    failure(1, "does not exist", "evaluate", "--real", "no", "--generated", real, "--out", out);
    failure(1, "both called", "evaluate", "--real", real, "--compare", real, real, "--out", out);
    failure(
        1,
        "is not a SAR-CLIP",
        "evaluate",
        "--real",
        real,
        "--generated",
        real,
        "--sar-clip",
        real,
        "--out",
        out);
    assertFalse(Files.exists(Path.of(out)), "nothing was left behind");
  }

  private static void failure(int status, String word, String... arguments) {
    CommandRun run = CommandRun.of(arguments);
    assertEquals(status, run.status(), run.err());
    assertTrue(run.err().contains(word), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }
}
