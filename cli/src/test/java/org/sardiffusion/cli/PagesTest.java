package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyWriter;

/**
 * Every page that the commands write, in a real browser: nothing to complain of, nothing loaded
 * from elsewhere, no wider than a telephone. With {@code -Dpages.screenshots=DIR} pictures are
 * kept.
 */
class PagesTest {
  private static final int PHONE = 390;
  private static final int DESKTOP = 1280;

  @TempDir static Path folder;

  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> installed = Browser.installed();
    assumeTrue(
        installed.isPresent(),
        "No chromium and no google-chrome on the PATH: pages are not opened (apt-get install"
            + " chromium).");
    browser = new Browser(installed.get());
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  private static void check(String name, Path page) throws Exception {
    for (int width : new int[] {PHONE, DESKTOP}) {
      browser.open(page, width);
      String what = name + " at " + width + " pixels";
      assertEquals(List.of(), browser.complaints(), what);
      for (String address : browser.requests()) {
        assertTrue(address.startsWith("file:") || address.startsWith("data:"), what + address);
      }
      int wide = browser.value("document.documentElement.scrollWidth").asInt();
      assertTrue(wide <= width, what + ": the page is " + wide + " pixels wide");
      assertTrue(
          browser.value("document.body.innerText.length").asInt() > 100, what + " says something");
      assertTrue(
          browser
              .value(
                  "[...document.querySelectorAll('img')].filter(i => i.offsetParent && i.complete"
                      + " && i.naturalWidth === 0).length === 0")
              .asBoolean(),
          what + ": all pictures are there");
      String screenshots = System.getProperty("pages.screenshots");
      if (screenshots != null) {
        Files.write(Path.of(screenshots, name + "-" + width + ".png"), browser.screenshot());
      }
    }
  }

  private static Path images(String name, long seed, float scale) throws IOException {
    Path set = Files.createDirectories(folder.resolve(name));
    Random random = new Random(seed);
    StringBuilder list = new StringBuilder();
    String[] labels = {"field", "forest", "a label that is much longer than others are"};
    for (int n = 0; n < 6; n++) {
      float[] a = new float[64 * 64];
      for (int i = 0; i < a.length; i++) {
        a[i] = (float) Math.min(1, scale * Math.sqrt(-2 * Math.log(1 - random.nextDouble())));
      }
      NpyWriter.write(set.resolve(n + ".npy"), new NpyArray(new int[] {64, 64}, a));
      list.append(
          "{\"file_name\":\"%d.npy\",\"label\":\"%s\",\"text\":\"a field %d\"}\n"
              .formatted(n, labels[n % 3], n));
    }
    Files.writeString(set.resolve("metadata.jsonl"), list.toString());
    return set;
  }

  private static void run(String... arguments) {
    CommandRun run = CommandRun.of(arguments);
    assertEquals(0, run.status(), run.err());
  }

  @Test
  void theReportOfOneModel() throws Exception {
    Path report = folder.resolve("one");
    run(
        "evaluate",
        "--generated",
        images("alone", 3, 0.2f).toString(),
        "--out",
        report.toString(),
        "--quiet");
    check("evaluate-alone", report.resolve("index.html"));
  }

  @Test
  void theReportOfSeveralModels() throws Exception {
    Path report = folder.resolve("several");
    run(
        "evaluate",
        "--real",
        images("real", 1, 0.2f).toString(),
        "--compare",
        images("a-model-with-a-name-that-leaves-no-room-on-a-telephone-at-all", 2, 0.2f).toString(),
        images("b", 3, 0.3f).toString(),
        images("c", 4, 0.25f).toString(),
        "--distances",
        "1,2,4",
        "--sar-clip",
        "../evaluation/src/test/resources/org/sardiffusion/evaluation/sar-clip",
        "--rank-batch",
        "4",
        "--out",
        report.toString(),
        "--quiet");
    check("evaluate-compare", report.resolve("index.html"));
  }

  @Test
  void theContactSheetOfABatch() throws Exception {
    Path list =
        Files.writeString(
            folder.resolve("p.csv"),
            "prompt,label,count\na forest </script><b>,forest,3\na field,field,2\n");
    Path out = folder.resolve("batch");
    run(
        "batch",
        list.toString(),
        "--out",
        out.toString(),
        "--model",
        Bundles.EPS.toString(),
        "--steps",
        "1",
        "--quiet");
    check("batch", out.resolve("index.html"));
    assertEquals(5, browser.value("document.querySelectorAll('#sheet img').length").asInt());
    browser.value("document.querySelector('#sheet button').click()");
    assertTrue(browser.value("document.getElementById('detail').open").asBoolean());
    assertTrue(
        browser.value("document.getElementById('recipe').textContent").asText().contains("seed"));
    assertEquals(List.of(), browser.complaints());
  }

  @Test
  void theReportOfARefinement() throws Exception {
    Random random = new Random(2);
    float[] samples = new float[48 * 40];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (200 * Math.sqrt(-2 * Math.log(1 - random.nextDouble())));
    }
    NpyWriter.write(folder.resolve("coarse.npy"), new NpyArray(new int[] {48, 40}, samples));
    Path report = folder.resolve("refinement.html");
    run(
        "refine",
        folder.resolve("coarse.npy").toString(),
        "--model",
        Bundles.copy(Bundles.EPS, folder.resolve("model")).toString(),
        "--prompt",
        "A <SAR> image of a forest",
        "--steps",
        "2",
        "--strength",
        "0.5",
        "--spacing",
        "0.8",
        "--report",
        report.toString(),
        "--out",
        folder.resolve("fine.tif").toString(),
        "--quiet");
    check("refine", report);
  }
}
