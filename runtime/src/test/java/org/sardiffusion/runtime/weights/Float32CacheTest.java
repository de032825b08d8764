package org.sardiffusion.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.io.DiskFullException;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.core.run.Progress;

class Float32CacheTest {
  @TempDir Path folder;
  private Float32Cache cache;
  private Path model;
  private final AtomicInteger conversions = new AtomicInteger();
  private final Progress counting =
      new Progress() {
        @Override
        public void advanced(String stage, long done, long total) {
          if (done == 0) {
            conversions.incrementAndGet();
          }
        }
      };

  @BeforeEach
  void copyTheModel() throws IOException {
    cache = new Float32Cache(folder.resolve("cache"));
    Path original = ReferenceCase.of("unet_dynamo").model();
    model = Files.copy(original, folder.resolve("model.onnx"));
    Files.copy(original.resolveSibling("model.onnx_data"), data());
  }

  @Test
  void convertsOnce() throws Exception {
    Path first = cache.float32(model, counting, new Cancellation());
    Path second = cache.float32(model, counting, new Cancellation());

    assertEquals(first, second);
    assertEquals(1, conversions.get());
    assertTrue(first.startsWith(cache.root()), first.toString());
    assertTrue(ReferenceCase.of("unet_dynamo").relativeError(first) <= 1e-5);
  }

  @Test
  void aSinglePrecisionGraphIsItsOwnCopy() {
    Path single = cache.float32(model, counting, new Cancellation());

    assertEquals(single, cache.float32(single, counting, new Cancellation()));
    assertEquals(1, conversions.get());
  }

  @Test
  void aMovedModelKeepsItsCopy() throws IOException {
    Path first = cache.float32(model, counting, new Cancellation());
    Path moved = Files.createDirectory(folder.resolve("moved"));
    Files.move(data(), moved.resolve("model.onnx_data"));
    model = Files.move(model, moved.resolve("model.onnx"));

    assertEquals(first, cache.float32(model, counting, new Cancellation()));
  }

  /** Two fine-tunes of one model, from archives that give all files the same time. */
  @Test
  void otherWeightsOfTheSameSizeAndTimeGetAnotherCopy() throws IOException {
    Path first = cache.float32(model, counting, new Cancellation());
    FileTime time = Files.getLastModifiedTime(data());
    Initializer weight = OnnxGraph.read(model).initializers().get("unet.conv_in.weight");
    try (RandomAccessFile file = new RandomAccessFile(data().toFile(), "rw")) {
      long start = ((Initializer.Location.External) weight.location()).offset();
      file.seek(start + weight.byteLength() / 2);
      file.writeShort(0x1234);
    }
    Files.setLastModifiedTime(data(), time);

    assertNotEquals(first, cache.float32(model, counting, new Cancellation()));
  }

  @Test
  void aTouchedDataFileGetsAnotherCopy() throws IOException {
    Path first = cache.float32(model, counting, new Cancellation());
    Files.setLastModifiedTime(data(), FileTime.fromMillis(1_000_000));

    assertNotEquals(first, cache.float32(model, counting, new Cancellation()));
  }

  @Test
  void aDamagedCopyIsMadeAgain() throws IOException {
    Path copy = cache.float32(model, counting, new Cancellation());
    try (RandomAccessFile file =
        new RandomAccessFile(copy.resolveSibling("model.onnx_data").toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }

    assertEquals(copy, cache.float32(model, counting, new Cancellation()));

    assertEquals(2, conversions.get());
    assertFalse(OnnxGraph.read(copy).usesFloat16());
  }

  @Test
  void whatAKilledConversionLeftIsSwept() throws IOException {
    Path copy = cache.float32(model, counting, new Cancellation()).getParent();
    Path left = copy.resolveSibling(copy.getFileName() + ".killed.partial");
    Files.move(copy, left);
    Files.delete(left.resolve("model.onnx"));

    cache.float32(model, counting, new Cancellation());

    assertEquals(2, conversions.get());
    assertTrue(Files.notExists(left));
  }

  @Test
  void cancellingLeavesNoCopy() throws IOException {
    try (Cancellation cancellation = new Cancellation()) {
      cancellation.cancel();
      assertThrows(CancelledException.class, () -> cache.float32(model, counting, cancellation));
    }

    try (Stream<Path> left = Files.walk(cache.root())) {
      assertEquals(
          List.of(),
          left.filter(Files::isRegularFile)
              .filter(file -> !file.toString().endsWith(".lock"))
              .toList());
    }
  }

  @Test
  void threadsWaitForTheOneThatConverts() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Path>> copies = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        copies.add(threads.submit(() -> cache.float32(model, counting, new Cancellation())));
      }
      for (Future<Path> copy : copies) {
        assertEquals(copies.get(0).get(), copy.get(20, TimeUnit.SECONDS));
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(1, conversions.get());
  }

  @Test
  void processesWaitForTheOneThatConverts() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  CacheMain.class.getName(),
                  cache.root().toString(),
                  model.toString())
              .redirectErrorStream(true)
              .start());
    }
    StringBuilder output = new StringBuilder();
    for (Process process : processes) {
      output.append(new String(process.getInputStream().readAllBytes()));
      assertEquals(0, process.waitFor(), output.toString());
    }

    assertEquals(
        1, output.toString().lines().filter("converted"::equals).count(), output.toString());
    assertEquals(2, output.toString().lines().filter("found"::equals).count(), output.toString());
  }

  @Test
  void saysHowToMoveTheCacheWhenTheDiskIsTooSmall() throws IOException {
    Path sparse = SparseModel.largerThanTheDisk(Files.createDirectory(folder.resolve("sparse")));

    DiskFullException e =
        assertThrows(
            DiskFullException.class, () -> cache.float32(sparse, counting, new Cancellation()));

    assertTrue(e.getMessage().contains(cache.root().toString()), e.getMessage());
    assertTrue(e.getMessage().contains("needs"), e.getMessage());
    assertTrue(e.getMessage().contains("SAR_DIFFUSION_CACHE"), e.getMessage());
  }

  @Test
  void aRootThatCannotBeMade() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    Float32Cache impossible = new Float32Cache(file.resolve("cache"));

    WeightsException e =
        assertThrows(
            WeightsException.class, () -> impossible.float32(model, counting, new Cancellation()));

    assertTrue(e.remedy().contains("SAR_DIFFUSION_CACHE"), e.remedy());
  }

  private Path data() {
    return folder.resolve("model.onnx_data");
  }

  /** Asks a cache for a graph, in a process of its own. */
  static final class CacheMain {
    private CacheMain() {}

    public static void main(String[] arguments) {
      boolean[] converted = new boolean[1];
      new Float32Cache(Path.of(arguments[0]))
          .float32(
              Path.of(arguments[1]),
              new Progress() {
                @Override
                public void advanced(String stage, long done, long total) {
                  converted[0] = true;
                }
              },
              new Cancellation());
      System.out.println(converted[0] ? "converted" : "found");
    }
  }
}
