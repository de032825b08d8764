package org.sardiffusion.training.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.training.internal.dataset.Staging;

/** What a build does besides its arithmetic: splits, failures, resumption, memory. */
class DatasetBuildTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int IMAGES = 12;

  @TempDir Path folder;

  /** The programs that the tests start. */
  public static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      Path in = Path.of(arguments[0]);
      Path out = Path.of(arguments[1]);
      try {
        DatasetRequest request =
            Scenes.request(in, out, CaptionBook.empty())
                .with(
                    new CaptionSettings(
                        CaptionBook.empty(),
                        Optional.empty(),
                        LabelDictionary.standard(),
                        CaptionSettings.PLACE,
                        Uncaptioned.EMPTY))
                .with(Existing.RESUME);
        if (arguments.length > 2) {
          request =
              request
                  .with(PatchGrid.of(256, 256))
                  .with(Preparation.standard().withInputSpacing(Spacing.square(0.2)));
        }
        System.out.println(
            "patches " + DatasetBuild.run(request, Progress.NONE, new Cancellation()).images());
      } catch (org.sardiffusion.core.SarDiffusionException e) {
        System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }

  private static List<String> java(String heap, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private DatasetRequest request(String out) {
    Path in = Scenes.folder(folder.resolve("in"), IMAGES);
    return Scenes.request(in, folder.resolve(out), Scenes.captions(folder, IMAGES));
  }

  private static DatasetManifest run(DatasetRequest request) {
    return DatasetBuild.run(request, Progress.NONE, new Cancellation());
  }

  @Test
  void noSceneIsInTwoSplits() throws Exception {
    DatasetRequest request =
        request("set").with(new SplitSettings(new SceneRule.NumberBlocks(2), 0.6, 0.2, 0.2, 5));
    DatasetManifest manifest = run(request);
    assertEquals(IMAGES * 4, manifest.images());
    Map<String, String> splitOfScene = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (Split split : Split.values()) {
      Path part = request.out().resolve(split.folder());
      assertTrue(manifest.splits().get(split.folder()).images() > 0, split.folder());
      for (String text : Files.readAllLines(part.resolve("metadata.jsonl"))) {
        JsonNode line = JSON.readTree(text);
        String before = splitOfScene.putIfAbsent(line.path("scene").asText(), split.folder());
        assertTrue(before == null || before.equals(split.folder()), text);
        assertTrue(names.add(line.path("file_name").asText()), text);
        assertTrue(Files.isRegularFile(part.resolve(line.path("file_name").asText())), text);
      }
    }
    assertEquals(IMAGES / 2, splitOfScene.size());
    assertFalse(Files.exists(Staging.folderOf(request.out())));
  }

  @Test
  void theSameRequestGivesTheSameBytes() {
    String first = run(request("one")).dataSha256();
    assertEquals(first, run(request("two")).dataSha256());
    assertEquals(Scenes.tree(folder.resolve("one")), Scenes.tree(folder.resolve("two")));
  }

  @Test
  void aBadImageIsRecordedAndTheRestGoesOn() throws Exception {
    DatasetRequest request = request("set");
    Path in = request.inputs().get(0);
    Files.writeString(in.resolve("image_3.npy"), "no image");
    byte[] whole = Files.readAllBytes(in.resolve("image_5.npy"));
    Files.write(in.resolve("image_5.npy"), java.util.Arrays.copyOf(whole, whole.length / 2));
    Scenes.npy(in.resolve("image_9.npy"), Scenes.speckle(31, 48, 9));
    Scenes.npy(in.resolve("image_7.npy"), new AmplitudeRaster(64, 48, new float[64 * 48]));
    List<String> notes = new ArrayList<>();
    DatasetManifest manifest =
        DatasetBuild.run(
            request,
            new Progress() {
              @Override
              public void note(String line) {
                notes.add(line);
              }
            },
            new Cancellation());
    assertEquals((IMAGES - 4) * 4, manifest.images());
    assertEquals(
        List.of("image_3.npy", "image_5.npy", "image_7.npy", "image_9.npy"),
        manifest.failed().stream().map(DatasetManifest.Failure::source).sorted().toList());
    assertEquals(4, notes.size(), notes.toString());
  }

  @Test
  void repeatedAndHollowPatchesAreDroppedAndCounted() throws Exception {
    DatasetRequest request = request("set");
    Path in = request.inputs().get(0);
    Files.copy(
        in.resolve("image_1.npy"), in.resolve("image_2.npy"), StandardCopyOption.REPLACE_EXISTING);
    AmplitudeRaster hollow = Scenes.speckle(64, 48, 4);
    for (int y = 0; y < 10; y++) {
      java.util.Arrays.fill(hollow.samples(), y * 64, y * 64 + 10, Float.NaN);
    }
    Scenes.npy(in.resolve("image_4.npy"), hollow);
    DatasetManifest manifest = run(request);
    assertEquals(4, manifest.dropped().get("duplicate"));
    assertEquals(1, manifest.dropped().get("nodata"));
    assertEquals(IMAGES * 4 - 5, manifest.images());
    List<String> lines = Files.readAllLines(request.out().resolve("dropped.jsonl"));
    assertEquals(5, lines.size());
    assertTrue(
        lines.stream().anyMatch(l -> l.contains("\"same_as\":\"image_1_r0_c0\"")),
        lines.toString());
  }

  @Test
  void holesDoNotCountForTheDivisor() throws Exception {
    Path in = Files.createDirectories(folder.resolve("holes"));
    AmplitudeRaster image = Scenes.speckle(128, 96, 1);
    Scenes.npy(in.resolve("a.npy"), image);
    float[] padded = new float[256 * 96];
    for (int y = 0; y < 96; y++) {
      System.arraycopy(image.samples(), y * 128, padded, y * 256, 128);
    }
    Scenes.npy(in.resolve("b.npy"), new AmplitudeRaster(256, 96, padded));
    DatasetRequest request =
        Scenes.request(in, folder.resolve("set"), CaptionBook.empty())
            .with(uncaptioned(Uncaptioned.EMPTY))
            .with(new Preparation(Optional.of(Spacing.square(0.4)), 0.4, 1, OptionalDouble.of(0)));
    DatasetManifest manifest = run(request);
    assertEquals(manifest.sources().get(0).divisor(), manifest.sources().get(1).divisor(), 1e-9);
    assertEquals(16, manifest.dropped().get("nodata"));
    assertEquals(16, manifest.dropped().get("duplicate"));
  }

  private static CaptionSettings uncaptioned(Uncaptioned policy) {
    return new CaptionSettings(
        CaptionBook.empty(),
        Optional.empty(),
        LabelDictionary.standard(),
        CaptionSettings.PLACE,
        policy);
  }

  @Test
  void whatCannotBeDoneIsToldBeforeAnythingIsWritten() {
    DatasetRequest good = request("set");
    refused(good.with(uncaptioned(Uncaptioned.FAIL)), "no caption for 12 images");
    refused(good.with(Preparation.standard()), "spacing of 12 images");
    refused(good.with(PatchGrid.of(512, 512)), "smaller than a patch");
    refused(good.with(Preparation.standard().withInputSpacing(Spacing.square(1.35))), "coarser");
    refused(
        DatasetRequest.standard(List.of(folder.resolve("none")), good.out(), CaptionBook.empty()),
        "no image or folder");
    assertFalse(Files.exists(good.out()));
    assertFalse(Files.exists(Staging.folderOf(good.out())));
  }

  @Test
  void thatNothingIsLeftIsAnErrorThatSaysWhy() {
    DatasetRequest request = request("set").with(new QualityLimits(0, 1, 1, 9, -1));
    refused(request, "48 blurred");
    assertFalse(Files.exists(Staging.folderOf(request.out())));
  }

  private static void refused(DatasetRequest request, String why) {
    DatasetException e = assertThrows(DatasetException.class, () -> run(request));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void whatIsThereIsNotReplacedUnasked() throws Exception {
    DatasetRequest request = request("set");
    String first = run(request).dataSha256();
    refused(request, "exists. Replace it");
    DatasetRequest other = request.with(PatchGrid.of(16, 16)).with(Existing.OVERWRITE);
    assertFalse(first.equals(run(other).dataSha256()));
    Path photos = Files.createDirectories(folder.resolve("photos"));
    Files.writeString(photos.resolve("holiday.txt"), "dear");
    refused(
        Scenes.request(request.inputs().get(0), photos, Scenes.captions(folder, IMAGES))
            .with(Existing.OVERWRITE),
        "no training set");
    assertEquals(List.of("holiday.txt"), Scenes.tree(photos));
  }

  /** Builds until so many of the planned patches are done. */
  private static void stopAfter(int patches, DatasetRequest request) {
    Cancellation cancellation = new Cancellation();
    Progress progress =
        new Progress() {
          @Override
          public void advanced(String stage, long done, long total) {
            if (done >= patches) {
              cancellation.cancel();
            }
          }
        };
    assertThrows(CancelledException.class, () -> DatasetBuild.run(request, progress, cancellation));
  }

  @Test
  void aStoppedBuildGoesOnWithTheSameSettingsOnly() {
    DatasetRequest request = request("set");
    String whole = run(request("whole")).dataSha256();
    stopAfter(13, request);
    assertFalse(Files.exists(request.out()));
    refused(request, "Resume it");
    refused(request.with(PatchGrid.of(32, 32)).with(Existing.RESUME), "patch, stride differ");
    stopAfter(25, request.with(Existing.RESUME));
    assertEquals(whole, run(request.with(Existing.RESUME)).dataSha256());
  }

  @Test
  void missingCaptionsOfPatchesCanBeAddedLater() throws Exception {
    DatasetRequest request = request("set");
    Path list = folder.resolve("patches.jsonl");
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= IMAGES; i++) {
      lines.append("{\"file_name\": \"image_" + i + "_r0_c0.png\", \"caption\": \"a beach\"}\n");
    }
    Files.writeString(list, lines);
    DatasetRequest sparse = request.with(CaptionSettings.of(CaptionBook.read(list)));
    refused(sparse, "no caption for 36 patches");
    DatasetManifest skipped =
        run(
            sparse
                .with(
                    new CaptionSettings(
                        CaptionBook.read(list),
                        Optional.empty(),
                        LabelDictionary.standard(),
                        "A <SAR> image of {caption}",
                        Uncaptioned.SKIP))
                .with(Existing.RESUME));
    assertEquals(IMAGES, skipped.images());
    assertEquals(36, skipped.dropped().get("uncaptioned"));
    assertEquals(
        IMAGES, Scenes.tree(request.out()).stream().filter(name -> name.endsWith(".png")).count());
    assertTrue(
        Files.readString(request.out().resolve("train/metadata.jsonl"))
            .contains("\"text\":\"A <SAR> image of a beach\""));
  }

  @Test
  void aCaptionerWritesWhatTheListLacks() {
    DatasetRequest request = request("set");
    List<Captioner.Job> seen = new ArrayList<>();
    Captioner captioner =
        new Captioner() {
          @Override
          public Map<String, String> caption(
              Map<String, Job> jobs, Path done, Consumer<String> output) {
            Map<String, String> captions = new LinkedHashMap<>();
            jobs.values().forEach(job -> captions.put(job.name(), "a desert"));
            seen.addAll(jobs.values());
            return captions;
          }

          @Override
          public String description() {
            return "someone";
          }

          @Override
          public Job job(Subject subject) {
            assertTrue(Files.isRegularFile(subject.file()));
            return new Job(subject.name(), subject.file(), subject.part());
          }
        };
    DatasetManifest manifest =
        run(
            request.with(
                new CaptionSettings(
                    Scenes.captions(folder, 10),
                    Optional.of(captioner),
                    LabelDictionary.standard(),
                    CaptionSettings.PLACE,
                    Uncaptioned.FAIL)));
    assertEquals(8, seen.size());
    assertEquals(new Box(0.5, 0.5, 1, 1), seen.get(3).part());
    int deserts =
        manifest.splits().values().stream().mapToInt(s -> s.categories().get("desert")).sum();
    assertEquals(8, deserts);
    assertEquals("someone", manifest.settings().path("captions").path("captioner").asText());
  }

  @Test
  void aKilledBuildEndsAsIfItHadNotBeen() throws Exception {
    Path in = Scenes.folder(folder.resolve("many"), 60);
    Path out = folder.resolve("set");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int killed = 0;
    for (int n = 0; n < 3; n++) {
      Process process =
          new ProcessBuilder(java("-Xmx200m", in.toString(), out.toString()))
              .redirectErrorStream(true)
              .start();
      Path staging = Staging.folderOf(out).resolve("journal");
      int sources = 5 + 15 * n + random.nextInt(10);
      while (process.isAlive() && count(staging) < sources) {
        Thread.sleep(1);
      }
      killed += process.isAlive() ? 1 : 0;
      process.destroyForcibly().waitFor();
    }
    assertTrue(killed > 0, "too fast to kill");
    DatasetRequest request =
        Scenes.request(in, out, CaptionBook.empty()).with(uncaptioned(Uncaptioned.EMPTY));
    String resumed =
        Staging.isFinished(out)
            ? DatasetManifest.read(out).dataSha256()
            : run(request.with(Existing.RESUME)).dataSha256();
    Path whole = folder.resolve("whole");
    assertEquals(
        run(Scenes.request(in, whole, CaptionBook.empty()).with(uncaptioned(Uncaptioned.EMPTY)))
            .dataSha256(),
        resumed,
        "seed " + seed);
    assertEquals(Scenes.tree(whole), Scenes.tree(out));
  }

  private static int count(Path journal) {
    String[] files = journal.toFile().list((dir, name) -> name.endsWith(".json"));
    return files == null ? 0 : files.length;
  }

  /** 46 MB of samples in a heap of 40 MB. */
  @Test
  void anImageLargerThanMemoryStreams() throws Exception {
    Path in = folder.resolve("large.npy");
    Scenes.complexNpy(in, 2400, 2400, 3);
    Process process =
        new ProcessBuilder(
                java("-Xmx40m", in.toString(), folder.resolve("set").toString(), "large"))
            .redirectErrorStream(true)
            .start();
    String reported = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals("patches 16", reported.strip());
  }

  /** On a real file system of 400 KiB, in a mount namespace of its own: no rights are needed. */
  @Test
  void aFullDiskIsNamed() throws Exception {
    Path small = Files.createDirectories(folder.resolve("small"));
    Process probe =
        new ProcessBuilder("sh", "-c", "unshare -rm mount -t tmpfs -o size=64k none " + small)
            .redirectErrorStream(true)
            .start();
    assumeTrue(probe.waitFor() == 0, "no mount namespaces for this user");
    Path in = Scenes.folder(folder.resolve("many"), 60);
    String script =
        "mount -t tmpfs -o size=400k none %s && %s"
            .formatted(
                small,
                String.join(" ", java("-Xmx200m", in.toString(), small.resolve("set").toString()))
                    .replace("$", "\\$"));
    Process process =
        new ProcessBuilder("unshare", "-rm", "sh", "-c", script).redirectErrorStream(true).start();
    String reported = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertTrue(reported.startsWith("DiskFullException: No space left to write"), reported);
  }
}
