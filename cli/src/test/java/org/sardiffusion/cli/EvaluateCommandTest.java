package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  void saysWhatIsWrong() throws IOException {
    String real = images("real", 1, 0.2f).toString();
    String out = folder.resolve("report").toString();
    failure(2, "--out", "evaluate", "--real", real, "--generated", real);
    failure(2, "--generated", "evaluate", "--real", real, "--out", out);
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
