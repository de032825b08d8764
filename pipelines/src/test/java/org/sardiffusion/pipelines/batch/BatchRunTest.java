package org.sardiffusion.pipelines.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.internal.tiff.GeoTiffReader;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyWriter;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ImageOutput;
import org.sardiffusion.pipelines.TextToImage;
import org.sardiffusion.pipelines.internal.dataset.WrittenFile;
import org.sardiffusion.pipelines.list.PromptList;
import org.sardiffusion.pipelines.list.RejectedLine;
import org.sardiffusion.pipelines.plan.BatchException;
import org.sardiffusion.pipelines.plan.BatchPlan;
import org.sardiffusion.pipelines.plan.PlanSettings;
import org.sardiffusion.pipelines.plan.PlannedImage;
import org.sardiffusion.pipelines.recipe.Generate;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.Execution;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;

class BatchRunTest {
  private static final Path BUNDLE = Path.of("../runtime/src/test/resources/bundles/eps-vae8");
  private static final String LIST =
      """
      {"prompt": "a dense forest", "label": "forest", "count": 3}
      {"prompt": "a field", "label": "field", "guidance": [1, 4], "negative": "noise"}
      {"prompt": "nonsense", "steps": "many"}
      {"prompt": "a city of odd size", "size": "60x60"}
      {"prompt": "a strip", "size": "96x32", "split": "test"}
      """;
  private static Model model;
  private static BatchRun run;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    model =
        Model.open(
            Bundle.open(BUNDLE),
            BatchRun.options(Bundle.open(BUNDLE), ModelOptions.cpu()),
            notice -> {});
    run = new BatchRun(model);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /** Counts what it hears. */
  private static final class Counts implements BatchListener {
    private Start start;
    private final List<String> warnings = new ArrayList<>();
    private final List<Path> made = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();

    @Override
    public void started(Start found) {
      start = found;
    }

    @Override
    public void note(String message) {
      warnings.add(message);
    }

    @Override
    public synchronized void made(PlannedImage image, Path file) {
      made.add(file);
    }

    @Override
    public synchronized void failed(PlannedImage image, String reason) {
      failed.add(reason);
    }
  }

  private BatchPlan plan(String list) throws IOException {
    Path file = Files.writeString(folder.resolve("list.jsonl"), list);
    return BatchPlan.of(
            PromptList.read(file),
            PlanSettings.of(
                    new Size(64, 64), Sampling.DIFFUSERS.withSteps(1), AffineGrid.unreferenced(0.4))
                .withValidationShare(0.5))
        .withBatchSize(2);
  }

  private BatchOutput output(String name) {
    return BatchOutput.to(folder.resolve(name).resolve("dataset"), ImageFormat.GEOTIFF);
  }

  private BatchSummary make(BatchPlan plan, BatchOutput output, BatchListener listener) {
    try (Cancellation cancellation = new Cancellation()) {
      return run.make(plan, output, listener, cancellation);
    }
  }

  /** All files of a dataset but its journals, which have times. */
  private static Map<String, String> files(BatchOutput output) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(output.folder())) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        String name = output.folder().relativize(file).toString();
        if (!name.startsWith("journal")) {
          files.put(name, WrittenFile.of(output.folder(), file).sha256());
        }
      }
    }
    return files;
  }

  @Test
  void makesADatasetAndContinuesIt() throws IOException {
    BatchPlan plan = plan(LIST);
    BatchOutput output = output("one");
    Counts counts = new Counts();
    BatchSummary summary = make(plan, output, counts);
    assertEquals(6, summary.made());
    assertEquals(6, counts.made.size());
    assertEquals(List.of(3, 4), summary.failures().stream().map(RejectedLine::number).toList());
    assertTrue(counts.failed.get(0).contains("60x60"), counts.failed.toString());
    Map<String, String> before = files(output);

    Counts again = new Counts();
    summary = make(plan, output, again);
    assertEquals(List.of(), again.made);
    assertEquals(6, summary.kept());
    assertEquals(1, again.failed.size(), "failed images are tried again");
    assertEquals(before, files(output));

    manifestTellsTheTruth(output);
  }

  private static void manifestTellsTheTruth(BatchOutput output) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    List<String> lines = Files.readAllLines(output.folder().resolve("manifest.jsonl"));
    assertEquals(6, lines.size());
    for (String line : lines) {
      JsonNode entry = mapper.readTree(line);
      Path file = output.folder().resolve(entry.get("file").asText());
      assertEquals(entry.get("sha256").asText(), WrittenFile.of(output.folder(), file).sha256());
      float[] samples = GeoTiffReader.read(file).image().samples();
      double sum = 0;
      for (float sample : samples) {
        sum += sample;
      }
      assertEquals(sum / samples.length, entry.get("statistics").get("mean").asDouble(), 1e-9);
      RecordedRecipe recipe = RecordedRecipe.of(file);
      assertEquals(entry.get("recipe"), mapper.readTree(recipe.toJson()));
      assertEquals(entry.get("seed").asLong(), recipe.recipe().sampling().seed());
    }
    assertEquals(
        "test/unlabelled",
        mapper
            .readTree(lines.get(5))
            .get("file")
            .asText()
            .replaceFirst("/[0-9a-f]{16}\\.tif$", ""));
  }

  @Test
  void imagesAreThoseThatGenerateMakesAlone() throws IOException {
    BatchPlan plan = plan(LIST);
    BatchOutput output = output("alone");
    make(plan, output, BatchListener.NONE);
    try (Model opened = Model.open(Bundle.open(BUNDLE), ModelOptions.cpu(), notice -> {});
        Cancellation cancellation = new Cancellation()) {
      TextToImage alone = new TextToImage(opened);
      for (PlannedImage image : plan.images()) {
        if (image.request().prompt().text().contains("odd size")) {
          continue;
        }
        Path file = folder.resolve(image.id() + ".tif");
        alone.run(
            image.request(),
            new ImageOutput(file, image.placement(), WriteOptions.defaults(), Optional.empty()),
            DiffusionListener.NONE,
            cancellation);
        float[] expected = GeoTiffReader.read(file).image().samples();
        float[] actual =
            GeoTiffReader.read(output.folder().resolve(output.file(image))).image().samples();
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], actual[i], 1e-4f, image.request().prompt().text());
        }
      }
    }
  }

  @Test
  void makesAgainWhatIsDamaged() throws IOException {
    BatchPlan plan = plan(LIST);
    BatchOutput output = output("damaged");
    make(plan, output, BatchListener.NONE);
    Map<String, String> before = files(output);
    List<PlannedImage> images = plan.images();
    Path flipped = output.folder().resolve(output.file(images.get(0)));
    byte[] bytes = Files.readAllBytes(flipped);
    bytes[bytes.length / 2] ^= 1;
    Files.write(flipped, bytes);
    Files.delete(output.folder().resolve(output.file(images.get(1))));
    Path stac = output.folder().resolve(output.file(images.get(2)).replace(".tif", ".stac.json"));
    Files.writeString(stac, "{}");
    Files.writeString(output.folder().resolve("manifest.jsonl"), "edited by hand");
    Path journal = output.folder().resolve("journal.jsonl");
    List<String> lines = Files.readAllLines(journal);
    String fourth = lines.stream().filter(l -> l.contains(images.get(3).id())).findFirst().get();
    lines.set(lines.indexOf(fourth), fourth.substring(0, 40));
    Files.write(journal, lines);
    Files.writeString(journal, "{\"done\":\"half a li", StandardOpenOption.APPEND);

    Counts counts = new Counts();
    make(plan, output, counts);
    assertEquals(3, counts.start.damaged());
    assertEquals(4, counts.made.size());
    assertTrue(counts.warnings.get(0).contains("is damaged"), counts.warnings.toString());
    assertEquals(before, files(output));
  }

  @Test
  void refusesFoldersOfOthers() throws IOException {
    BatchOutput output = output("others");
    BatchPlan plan = plan("{\"prompt\": \"a\"}");
    assertTrue(refusal(plan, output.with(BatchOutput.Start.CONTINUED)).contains("no journal"));
    make(plan, output, BatchListener.NONE);
    assertTrue(refusal(plan("{\"prompt\": \"b\"}"), output).contains("another plan"));
    assertTrue(
        refusal(plan, BatchOutput.to(output.folder(), ImageFormat.PNG)).contains("another format"));
    Path journal = output.folder().resolve("journal.jsonl");
    List<String> lines = Files.readAllLines(journal);
    lines.set(0, "{}");
    Files.write(journal, lines);
    assertTrue(refusal(plan, output).contains("first line"));
    Files.delete(journal);
    assertTrue(refusal(plan, output).contains("other files"));
    Path file = Files.writeString(folder.resolve("file"), "");
    assertTrue(refusal(plan, BatchOutput.to(file, ImageFormat.PNG)).contains("is a file"));
  }

  private String refusal(BatchPlan plan, BatchOutput output) {
    BatchException refused =
        assertThrows(BatchException.class, () -> make(plan, output, BatchListener.NONE));
    return refused.getMessage() + refused.remedies();
  }

  @Test
  void shardsShareAFolderAndEndWithTheSameDataset() throws IOException {
    BatchPlan plan = plan(LIST);
    BatchOutput whole = output("whole");
    make(plan, whole, BatchListener.NONE);
    BatchOutput shared = output("shared");
    Counts counts = new Counts();
    BatchSummary first = make(plan, shared.with(new Shard(2, 2)), counts);
    assertEquals(BatchSummary.Dataset.PARTIAL, first.dataset());
    BatchSummary second = make(plan, shared.with(new Shard(1, 2)), counts);
    assertEquals(BatchSummary.Dataset.COMPLETE, second.dataset());
    assertEquals(6, first.made() + second.made());
    assertEquals(files(whole), files(shared));
    // Whoever comes later without shards has nothing to do.
    assertEquals(6, make(plan, shared, counts).kept());
    assertEquals(6, counts.made.size());
  }

  @Test
  void cancellingKeepsWhatIsComplete() throws IOException {
    BatchPlan plan = plan("{\"prompt\": \"a\", \"count\": 50}");
    BatchOutput output = output("cancelled");
    try (Cancellation cancellation = new Cancellation()) {
      BatchListener listener =
          new BatchListener() {
            @Override
            public void made(PlannedImage image, Path file) {
              cancellation.cancel();
            }
          };
      assertThrows(CancelledException.class, () -> run.make(plan, output, listener, cancellation));
    }
    long complete =
        Files.readAllLines(output.folder().resolve("journal.jsonl")).stream()
            .filter(line -> line.contains("\"done\""))
            .count();
    assertTrue(complete >= 1 && complete < 50, complete + " images");
    assertTrue(files(output).keySet().stream().noneMatch(name -> name.endsWith(".part")));
  }

  @Test
  void aBatchThatIsBeingMadeIsLeftAlone() throws IOException {
    BatchPlan plan = plan("{\"prompt\": \"a\"}");
    BatchOutput output = output("busy");
    List<String> refusals = new ArrayList<>();
    BatchListener listener =
        new BatchListener() {
          @Override
          public void started(Start start) {
            refusals.add(refusal(plan, output));
          }
        };
    make(plan, output, listener);
    assertTrue(refusals.get(0).contains("Another process"), refusals.toString());
  }

  @Test
  void aListThatHasGrownKeepsItsImages() throws IOException {
    BatchOutput output = output("extended");
    BatchOutput extension = output.with(BatchOutput.Start.EXTENDED);
    make(plan("{\"prompt\": \"a\", \"count\": 3}"), output, BatchListener.NONE);
    Map<String, String> before = files(output);
    String longer = "{\"prompt\": \"b\"}\n{\"prompt\": \"a\", \"count\": 4}";
    assertTrue(refusal(plan(longer), output).contains("parameter=extend"));
    Counts counts = new Counts();
    BatchSummary summary = make(plan(longer), extension, counts);
    assertEquals(2, summary.made());
    assertEquals(3, summary.kept());
    Map<String, String> after = files(output);
    before.forEach(
        (file, hash) -> {
          if (file.contains("/") && file.endsWith(".tif")) {
            assertEquals(hash, after.get(file), file);
          }
        });
    assertEquals(5, Files.readAllLines(output.folder().resolve("manifest.jsonl")).size());
    // Goes on as what it is now, and is no part of a shorter one any more.
    assertEquals(5, make(plan(longer), output, counts).kept());
    assertTrue(refusal(plan("{\"prompt\": \"a\"}"), extension).contains("4 images that the list"));
  }

  @Test
  void aListThatHasGrownKeepsTheImagesOfAllShards() throws IOException {
    BatchOutput output = output("extended-shards");
    BatchPlan shorter = plan("{\"prompt\": \"a\", \"count\": 6}");
    make(shorter, output.with(new Shard(1, 2)), BatchListener.NONE);
    make(shorter, output.with(new Shard(2, 2)), BatchListener.NONE);
    BatchPlan longer = plan("{\"prompt\": \"a\", \"count\": 6}\n{\"prompt\": \"b\", \"count\": 4}");
    BatchOutput extension = output.with(BatchOutput.Start.EXTENDED);
    assertTrue(refusal(longer, output.with(new Shard(1, 2))).contains("parameter=extend"));
    int made = make(longer, extension.with(new Shard(1, 2)), BatchListener.NONE).made();
    BatchSummary second = make(longer, extension.with(new Shard(2, 2)), BatchListener.NONE);
    assertEquals(BatchSummary.Dataset.COMPLETE, second.dataset());
    assertEquals(10, Files.readAllLines(output.folder().resolve("manifest.jsonl")).size());
    assertTrue(made + second.made() >= 4, made + " and " + second.made());
    BatchPlan other = plan("{\"prompt\": \"b\"}");
    assertTrue(refusal(other, extension).contains("9 images that the list"));
  }

  @Test
  void imagesOfAnotherSplitAreNoExtension() throws IOException {
    BatchOutput output = output("resplit");
    make(plan("{\"prompt\": \"a\", \"split\": \"train\"}"), output, BatchListener.NONE);
    String refusal =
        refusal(
            plan("{\"prompt\": \"a\", \"split\": \"val\"}"),
            output.with(BatchOutput.Start.EXTENDED));
    assertTrue(refusal.contains("train/") && refusal.contains("val_share"), refusal);
  }

  @Test
  void anotherShardsLineMayBeTornInsideALetter() throws IOException {
    BatchPlan plan = plan("{\"prompt\": \"a\", \"count\": 4}");
    BatchOutput output = output("torn");
    make(plan, output.with(new Shard(1, 2)), BatchListener.NONE);
    byte[] torn = "{\"failed\":\"f\u00ea".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Files.write(
        output.folder().resolve(new Shard(1, 2).journalName()),
        java.util.Arrays.copyOf(torn, torn.length - 1),
        StandardOpenOption.APPEND);
    assertEquals(
        BatchSummary.Dataset.COMPLETE,
        make(plan, output.with(new Shard(2, 2)), BatchListener.NONE).dataset());
  }

  @Test
  void anErrorWhileWritingEndsTheBatch() throws IOException {
    BatchPlan plan = plan("{\"prompt\": \"a\", \"count\": 4}");
    BatchListener listener =
        new BatchListener() {
          @Override
          public void made(PlannedImage image, Path file) {
            throw new OutOfMemoryError("a test's");
          }
        };
    assertThrows(OutOfMemoryError.class, () -> make(plan, output("error"), listener));
  }

  @Test
  void oneBadGuideRejectsItsLineAlone() throws IOException {
    NpyWriter.write(folder.resolve("a.npy"), new NpyArray(new int[] {64, 64}, new float[64 * 64]));
    BatchPlan plan =
        plan(
            """
            {"prompt": "a", "control-image": "a.npy:1.2.3"}
            {"prompt": "a", "init-image": "a\\u0000.npy"}
            {"prompt": "a", "control-start": 0.5}
            {"prompt": "a", "control-end": 0.5}
            {"prompt": "a", "guess-mode": "true"}
            {"prompt": "a"}
            """);
    assertEquals(1, plan.images().size());
    assertEquals(5, plan.rejected().size());
    assertTrue(plan.rejected().get(0).reason().contains("1.2.3"), plan.rejected().toString());
    assertTrue(plan.rejected().get(2).reason().contains("go with a control image"));
  }

  @Test
  void anInputThatChangedSinceThePlanFailsItsImage() throws IOException {
    Path start = folder.resolve("start.npy");
    NpyWriter.write(start, new NpyArray(new int[] {64, 64}, new float[64 * 64]));
    BatchPlan plan = plan("{\"prompt\": \"a\", \"init-image\": \"start.npy\"}");
    float[] other = new float[64 * 64];
    other[0] = 1;
    NpyWriter.write(start, new NpyArray(new int[] {64, 64}, other));
    Counts counts = new Counts();
    assertEquals(0, make(plan, output("changed"), counts).made());
    assertTrue(counts.failed.get(0).contains("has changed since"), counts.failed.toString());
  }

  @Test
  void linesStartFromImagesBesideTheList() throws IOException {
    float[] amplitude = new float[64 * 32];
    for (int i = 0; i < amplitude.length; i++) {
      amplitude[i] = i % 64 / 64f;
    }
    NpyWriter.write(folder.resolve("start.npy"), new NpyArray(new int[] {32, 64}, amplitude));
    NpyWriter.write(folder.resolve("mask.npy"), new NpyArray(new int[] {32, 64}, amplitude));
    BatchPlan plan =
        plan(
            """
            {"prompt": "a", "seed": 5, "init-image": "start.npy", "strength": [0.5, 1], "steps": 2}
            {"prompt": "a", "seed": 5, "init-image": "start.npy", "mask": "mask.npy"}
            {"prompt": "a", "seed": 5, "steps": 2}
            {"prompt": "a", "init-image": "gone.npy"}
            {"prompt": "a", "strength": 1}
            {"prompt": "a", "seed": 5, "control-image": "start.npy:0.5"}
            """);
    assertEquals(List.of(4, 5), plan.rejected().stream().map(RejectedLine::number).toList());
    assertTrue(plan.rejected().get(0).reason().contains("gone.npy"), "told before all work");
    assertEquals(new Size(64, 32), plan.images().get(0).request().size());
    BatchOutput output = output("guided");
    Counts counts = new Counts();
    BatchSummary summary = make(plan, output, counts);
    assertEquals(4, summary.made(), counts.failed.toString());
    assertEquals(1, counts.failed.size(), "the model has no ControlNet");

    try (Model opened = Model.open(Bundle.open(BUNDLE), ModelOptions.cpu(), notice -> {});
        Cancellation cancellation = new Cancellation()) {
      TextToImage alone = new TextToImage(opened);
      for (PlannedImage image : plan.images().subList(0, 3)) {
        Path file = folder.resolve(image.id() + ".tif");
        alone.run(
            new TextToImage.Task(image.request(), image.imageInputs(), Execution.ONE_BY_ONE),
            new ImageOutput(file, image.placement(), WriteOptions.defaults(), Optional.empty()),
            DiffusionListener.NONE,
            cancellation);
        Path made = output.folder().resolve(output.file(image));
        assertArrayEquals(
            GeoTiffReader.read(file).image().samples(),
            GeoTiffReader.read(made).image().samples(),
            1e-4f);
        assertEquals(image.imageInputs(), ((Generate) RecordedRecipe.of(made).recipe()).inputs());
      }
    }
  }
}
