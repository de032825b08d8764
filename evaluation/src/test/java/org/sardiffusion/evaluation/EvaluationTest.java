package org.sardiffusion.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.sardiffusion.conditioning.speckle.LocalMoments;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.evaluation.augmentation.AugmentationSettings;
import org.sardiffusion.evaluation.report.EvaluationReport;

class EvaluationTest {
  private static final int SIDE = 128;

  /** Images in memory. */
  private record Images(String name, List<Sample> samples) implements SampleSet {
    @Override
    public long size() {
      return samples.size();
    }

    @Override
    public void forEach(Consumer<Sample> consumer) {
      samples.forEach(consumer);
    }
  }

  private static Images speckle(String name, long seed, int count, float scale) {
    Random random = new Random(seed);
    List<Sample> samples = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      float[] a = new float[SIDE * SIDE];
      for (int i = 0; i < a.length; i++) {
        a[i] = (float) Math.min(1, scale * Math.sqrt(-2 * Math.log(1 - random.nextDouble())));
      }
      samples.add(sample("image " + n, n % 2 == 0 ? "field" : "forest", a));
    }
    return new Images(name, samples);
  }

  private static Sample sample(String name, String label, float[] amplitude) {
    return new Sample(
        new Description(name, List.of(label), Optional.of("a " + label)),
        new AmplitudeRaster(SIDE, SIDE, amplitude),
        List.of(),
        Optional.empty());
  }

  private static Images changed(String name, Images images, DoubleUnaryOperator change) {
    return new Images(
        name,
        images.samples().stream()
            .map(
                s -> {
                  float[] a = s.amplitude().samples().clone();
                  for (int i = 0; i < a.length; i++) {
                    a[i] = (float) Math.max(0, Math.min(1, change.applyAsDouble(a[i])));
                  }
                  return sample(s.name(), s.labels().get(0), a);
                })
            .toList());
  }

  private static Images blurred(Images images) {
    return new Images(
        "blurred",
        images.samples().stream()
            .map(
                s ->
                    sample(
                        s.name(),
                        s.labels().get(0),
                        LocalMoments.of(s.amplitude(), 3).mean().samples()))
            .toList());
  }

  private static EvaluationResult evaluate(SampleSet real, SampleSet... generated) {
    return evaluate(EvaluationSettings.defaults(), real, generated);
  }

  private static EvaluationResult evaluate(
      EvaluationSettings settings, SampleSet real, SampleSet... generated) {
    try (Cancellation cancellation = new Cancellation()) {
      return new Evaluation(settings, Optional.empty(), Progress.NONE, cancellation)
          .of(real, List.of(generated));
    }
  }

  @Test
  void distancesPutSetsInTheRightOrder() {
    Images real = speckle("real", 1, 8, 0.15f);
    Random random = new Random(9);
    EvaluationResult result =
        evaluate(
            real,
            speckle("same", 2, 8, 0.15f),
            changed("stretched", speckle("", 3, 8, 0.15f), a -> 1.15 * a),
            blurred(speckle("", 4, 8, 0.15f)),
            changed("noise", real, a -> 0.5 + 0.2 * random.nextGaussian()));
    double[] kl =
        result.generated().stream()
            .mapToDouble(c -> c.amplitude().get("all").kullbackLeibler())
            .toArray();
    double[] texture =
        result.generated().stream().mapToDouble(c -> c.texture().get("all").overall()).toArray();
    double floor =
        result.reference().orElseThrow().halves().amplitude().get("all").kullbackLeibler();
    assertTrue(kl[0] < 0.002 && floor < 0.003, "same: " + kl[0] + ", halves: " + floor);
    assertTrue(kl[1] > 10 * kl[0], Arrays.toString(kl));
    assertTrue(kl[2] > 10 * kl[1] && kl[3] > 10 * kl[1], Arrays.toString(kl));
    assertTrue(texture[0] < 0.3, "same: " + texture[0]);
    assertTrue(texture[1] > 1 && texture[2] > 3 * texture[1], Arrays.toString(texture));
  }

  @Test
  void oneLookSpeckleHasOneLook() {
    LabelStatistics all =
        evaluate(speckle("real", 5, 4, 0.15f), speckle("g", 6, 4, 0.15f))
            .reference()
            .orElseThrow()
            .real()
            .all();
    assertEquals(1, all.texture().looks().median(), 0.03);
    assertEquals(1.913, all.texture().meanOverDeviation().median(), 0.02);
    // Nine patches start at every 32nd pixel of 128.
    assertEquals(36, all.texture().patchCount());
  }

  @Test
  void excludedBoxesChangeNothing() {
    Images clean = speckle("g", 6, 2, 0.15f);
    float[] spoilt = clean.samples().get(0).amplitude().samples().clone();
    for (int y = 0; y < 20; y++) {
      Arrays.fill(spoilt, y * SIDE + 100, (y + 1) * SIDE, 0.9f);
    }
    Sample masked =
        new Sample(
            new Description("masked", List.of("field", "field"), Optional.empty()),
            new AmplitudeRaster(SIDE, SIDE, spoilt),
            List.of(new PixelBox(100, -5, 400, 20)),
            Optional.empty());
    EvaluationResult result = evaluate(clean, new Images("m", List.of(masked)));
    LabelStatistics field = result.generated().get(0).set().labels().get("field");
    assertEquals(1, field.images());
    assertEquals(28 * 20, field.amplitude().withoutData());
    assertEquals(0, field.amplitude().levels()[(int) (0.9f * 65535 + 0.5)]);
  }

  @Test
  void theReportIsWholeAndTheSameEachTime() throws Exception {
    Images real = speckle("real", 1, 12, 0.15f);
    Images one = speckle("a <b> & \"c\"", 2, 1, 0.16f);
    Images two = speckle("model_2", 3, 12, 0.2f);
    EvaluationSettings settings =
        EvaluationSettings.defaults().with(AugmentationSettings.defaults());
    Map<String, byte[]> files = EvaluationReport.of(evaluate(settings, real, one, two)).files();
    Map<String, byte[]> again = EvaluationReport.of(evaluate(settings, real, one, two)).files();
    assertEquals(files.keySet(), again.keySet());
    files.forEach((name, bytes) -> assertArrayEquals(bytes, again.get(name), name));

    JsonNode json = new ObjectMapper().readTree(files.get("report.json"));
    assertEquals("model_2", json.at("/generated/1/name").asText());
    assertTrue(json.at("/generated/0/distances/field/kl").asDouble() > 0);
    assertEquals(12, json.at("/real/labels/all/images").asInt());
    assertFalse(json.at("/generated/0").has("two_sample"), "one image is none to tell apart");
    assertEquals(
        1, json.at("/generated/1/two_sample/logistic_regression/accuracy").asDouble(), 0.05);
    assertTrue(json.at("/real_two_sample/logistic_regression/high").asDouble() > 0.5);
    assertTrue(json.at("/real/spectrum/lattice_line/db").asDouble() < 6);
    assertEquals(55, json.at("/generated/1/spectrum/rows/median").size());
    assertEquals(12, json.at("/generated/1/augmentation/real_images").asInt());
    for (String table : List.of("two-sample", "telltales", "spectrum", "augmentation")) {
      assertTrue(files.containsKey("tables/" + table + ".csv"), table);
    }
    String html = new String(files.get("index.html"), java.nio.charset.StandardCharsets.UTF_8);
    assertTrue(html.contains("a &lt;b&gt; &amp; &quot;c&quot;"), "names are escaped");
    assertFalse(html.contains("<script"), "no scripts");
    // An address may name a format, but nothing is loaded from one.
    assertFalse(html.replace("http://www.w3.org/2000/svg", "").contains("://"));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (file.getKey().endsWith(".svg")) {
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(file.getValue()));
      } else if (file.getKey().endsWith(".png")) {
        assertTrue(ImageIO.read(new ByteArrayInputStream(file.getValue())).getWidth() > 300);
      } else if (file.getKey().endsWith(".csv")) {
        assertRectangular(file.getValue());
      }
    }
    String tex = new String(files.get("report.tex"), java.nio.charset.StandardCharsets.UTF_8);
    assertTrue(tex.contains("model\\_2") && tex.contains("a $<$b$>$ \\& \"c\""), tex);
  }

  private static void assertRectangular(byte[] csv) throws IOException {
    String text = new String(csv, java.nio.charset.StandardCharsets.UTF_8);
    long columns = -1;
    for (String line : text.split("\n")) {
      long commas = line.replaceAll("\"([^\"]|\"\")*\"", "x").chars().filter(c -> c == ',').count();
      assertTrue(columns < 0 || columns == commas, line);
      columns = commas;
    }
    assertTrue(columns > 0, text);
  }

  @Test
  void whatCannotBeComparedIsRefused() {
    Images real = speckle("real", 1, 1, 0.15f);
    assertThrows(EvaluationException.class, () -> evaluate(real, new Images("none", List.of())));
    assertThrows(EvaluationException.class, () -> evaluate(real, real, real));
  }

  @Test
  void labelsThatOnlyOneSideHasAreNotCompared() {
    Images real = speckle("real", 1, 2, 0.15f);
    Images odd =
        new Images(
            "odd", List.of(sample("x", "port", real.samples().get(0).amplitude().samples())));
    Comparison c = evaluate(real, odd).generated().get(0);
    assertEquals(java.util.Set.of("all"), c.amplitude().keySet());
    assertTrue(EvaluationReport.of(evaluate(real, odd)).files().containsKey("index.html"));
  }

  @Test
  void canBeCancelled() {
    try (Cancellation cancellation = new Cancellation()) {
      Evaluation evaluation =
          new Evaluation(
              EvaluationSettings.defaults(),
              Optional.empty(),
              new Progress() {
                @Override
                public void advanced(String set, long done, long total) {
                  cancellation.cancel();
                }
              },
              cancellation);
      Images images = speckle("real", 1, 3, 0.15f);
      assertThrows(CancelledException.class, () -> evaluation.of(images, List.of(images)));
    }
  }
}
