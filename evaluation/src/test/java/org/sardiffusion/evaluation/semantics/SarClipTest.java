package org.sardiffusion.evaluation.semantics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.evaluation.Description;
import org.sardiffusion.evaluation.EvaluationException;
import org.sardiffusion.evaluation.Goldens;
import org.sardiffusion.evaluation.Sample;
import org.sardiffusion.evaluation.internal.features.Vectors;
import org.sardiffusion.runtime.session.SessionSettings;

class SarClipTest {
  private static final JsonNode GOLDEN = Goldens.json("sar_clip_goldens.json");
  private static final Cancellation CANCELLATION = new Cancellation();
  private static SarClip clip;

  static Path bundle() {
    try {
      return Path.of(Goldens.class.getResource("sar-clip").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  static void open() {
    clip = SarClip.open(bundle(), SessionSettings.cpu(), CANCELLATION);
  }

  @AfterAll
  static void close() {
    clip.close();
    CANCELLATION.close();
  }

  private static AmplitudeRaster crop(AmplitudeRaster image, int x, int y, int width, int height) {
    float[] samples = new float[width * height];
    for (int row = 0; row < height; row++) {
      System.arraycopy(image.samples(), (y + row) * image.width() + x, samples, row * width, width);
    }
    return new AmplitudeRaster(width, height, samples);
  }

  @Test
  void imagesAreEmbeddedAsTransformersDoes() {
    AmplitudeRaster real = Goldens.image("real.npy");
    AmplitudeRaster generated = Goldens.image("generated.npy");
    check(clip.image(real), GOLDEN.at("/image/real"), 1e-5);
    check(clip.image(generated), GOLDEN.at("/image/generated"), 1e-5);
    // Smaller than the model's images, and of odd shapes.
    check(clip.image(crop(real, 0, 0, 20, 11)), GOLDEN.at("/image/small"), 1e-5);
    check(clip.image(crop(generated, 1, 3, 33, 77)), GOLDEN.at("/image/odd"), 1e-5);
  }

  @Test
  void imagesAreResizedAsPillowDoes() {
    check(PillowBicubic.resize(Goldens.image("real.npy"), 32), GOLDEN.get("resized"), 1e-6);
  }

  private static void check(float[] actual, JsonNode expected, double tolerance) {
    assertEquals(expected.size(), actual.length);
    for (int i = 0; i < actual.length; i++) {
      assertEquals(expected.get(i).asDouble(), actual[i], tolerance, "value " + i);
    }
  }

  @Test
  void captionsAreEmbeddedAsTransformersDoes() {
    for (int c = 0; c < GOLDEN.get("captions").size(); c++) {
      float[] expected = new float[clip.card().dimension()];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = (float) GOLDEN.get("text").get(c).get(i).asDouble();
      }
      float[] unit = Vectors.unit(expected);
      float[] actual = clip.text(GOLDEN.get("captions").get(c).asText());
      for (int i = 0; i < unit.length; i++) {
        assertEquals(unit[i], actual[i], 1e-5);
      }
    }
  }

  /** Images that lie on the embeddings of captions, so that who belongs to whom is known. */
  private static List<EmbeddedImage> images(int count, long seed) {
    Random random = new Random(seed);
    List<EmbeddedImage> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] embedding = new float[clip.card().dimension()];
      for (int k = 0; k < embedding.length; k++) {
        embedding[k] = (float) random.nextGaussian();
      }
      images.add(
          new EmbeddedImage(
              "image " + i,
              List.of(i % 3 == 0 ? "forest" : "field"),
              i % 7 == 0 ? Optional.empty() : Optional.of("caption " + i % 23),
              embedding));
    }
    return images;
  }

  @Test
  void anImageOnItsCaptionRanksFirst() {
    List<EmbeddedImage> images = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String caption = "scene " + i + (i % 2 == 0 ? " with trees" : " by the sea");
      images.add(
          new EmbeddedImage("i", List.of("x"), Optional.of(caption), clip.text(caption).clone()));
    }
    CaptionScores all =
        new CaptionMatching(clip, SemanticSettings.defaults(), List.of()).of(images).get("all");
    assertEquals(40, all.images());
    assertEquals(1, all.cosine(), 1e-6);
    assertEquals(1, all.meanRank());
    assertEquals(0, all.rankVariance());
    assertEquals(1, all.first());
    assertTrue(Double.isNaN(all.classified()), "no classes were given");
  }

  @Test
  void ranksOfOneBatchAreCountedByHand() {
    List<EmbeddedImage> images = images(14, 3);
    SortedMap<String, CaptionScores> scores =
        new CaptionMatching(clip, SemanticSettings.defaults(), List.of("forest", "field"))
            .of(images);
    Set<String> captions = new LinkedHashSet<>();
    images.forEach(i -> i.caption().ifPresent(captions::add));
    double sum = 0;
    double cosines = 0;
    int captioned = 0;
    int right = 0;
    for (EmbeddedImage image : images) {
      float[] unit = Vectors.unit(image.embedding());
      if (image.caption().isPresent()) {
        double own = Vectors.dot(unit, clip.text(image.caption().get()));
        sum += captions.stream().filter(c -> Vectors.dot(unit, clip.text(c)) >= own).count();
        cosines += own;
        captioned++;
      }
      double forest = Vectors.dot(unit, clip.text("a SAR image of forest"));
      double field = Vectors.dot(unit, clip.text("a SAR image of field"));
      right += image.labels().contains(forest >= field ? "forest" : "field") ? 1 : 0;
    }
    assertEquals(12, captioned);
    assertEquals(captioned, scores.get("all").images());
    assertEquals(sum / captioned, scores.get("all").meanRank(), 1e-12);
    assertEquals(cosines / captioned, scores.get("all").cosine(), 1e-12);
    assertEquals(right / 14.0, scores.get("all").classified(), 1e-12);
    assertEquals(
        scores.get("all").images(), scores.get("forest").images() + scores.get("field").images());
  }

  @Test
  void ranksOfUnrelatedPairsAreThoseOfChance() {
    List<EmbeddedImage> images = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      float[] embedding = new float[clip.card().dimension()];
      for (int k = 0; k < embedding.length; k++) {
        embedding[k] = (float) random.nextGaussian();
      }
      images.add(new EmbeddedImage("i", List.of("x"), Optional.of("text " + i), embedding));
    }
    CaptionScores all =
        new CaptionMatching(clip, SemanticSettings.defaults(), List.of()).of(images).get("all");
    assertEquals(500, all.images(), "the last, incomplete batch counts each image once");
    // Ranks 1 to 16, all alike: mean 8.5, standard deviation of the mean 4.6 / sqrt(500) = 0.2.
    assertEquals(8.5, all.meanRank(), 1);
  }

  @Test
  void measuresSetsBesideTheRealOne() {
    SemanticMeter meter = new SemanticMeter(clip, SemanticSettings.defaults());
    AmplitudeRaster real = Goldens.image("real.npy");
    AmplitudeRaster generated = Goldens.image("generated.npy");
    for (int i = 0; i < 6; i++) {
      meter.addReal(sample("real " + i, crop(real, 10 * i, 0, 40, 60)));
    }
    SemanticMeter.Generated set = meter.begin("copies");
    for (int i = 0; i < 5; i++) {
      set.add(
          sample(
              "generated " + i,
              i == 2 ? crop(real, 10, 0, 40, 60) : crop(generated, 12 * i, 20, 40, 60)));
    }
    set.finish();
    SemanticResult result = meter.result();
    assertEquals(List.of("field", "forest"), result.classes());
    assertEquals(6, result.real().orElseThrow().captions().get("all").images());
    GeneratedSemantics.ClosePair copy = result.generated().get(0).closest().get(0);
    assertEquals("generated 2", copy.generated());
    assertEquals("real 1", copy.real());
    assertEquals(1, copy.cosine(), 1e-6);
  }

  private static Sample sample(String name, AmplitudeRaster image) {
    return new Sample(
        new Description(
            name,
            List.of(name.hashCode() % 2 == 0 ? "forest" : "field"),
            Optional.of("an image called " + name)),
        image,
        List.of(),
        Optional.empty());
  }

  @Test
  void whatIsNoSarClipIsRefusedWithAReason(@TempDir Path folder) throws IOException {
    refused(folder, "no sar_clip.json");
    Files.writeString(folder.resolve("sar_clip.json"), "{");
    refused(folder, "Cannot read");
    Files.writeString(folder.resolve("sar_clip.json"), "{\"format_version\":2}");
    refused(folder, "version");
    Files.writeString(folder.resolve("sar_clip.json"), "{\"format_version\":1,\"image_size\":1e9}");
    refused(folder, "image_size");
    String card = Files.readString(bundle().resolve("sar_clip.json"));
    Files.writeString(folder.resolve("sar_clip.json"), card);
    assertThrows(
        SarDiffusionException.class,
        () -> SarClip.open(folder, SessionSettings.cpu(), CANCELLATION));
  }

  private static void refused(Path folder, String reason) {
    EvaluationException e =
        assertThrows(
            EvaluationException.class,
            () -> SarClip.open(folder, SessionSettings.cpu(), CANCELLATION));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }
}
