package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.session.GraphPool;
import org.sardiffusion.runtime.weights.Float32Cache;
import org.sardiffusion.runtime.weights.WeightsException;
import org.sardiffusion.runtime.weights.adapters.AdaptedBundle;
import org.sardiffusion.runtime.weights.adapters.Adapters;

class BundleGraphsTest {
  @TempDir Path temporary;

  @Test
  void halfPrecisionIsConvertedOnceForTheProcessor() throws IOException {
    Bundle bundle = Bundle.open(TestBundles.folder("fp16-vae8"));
    assertEquals(4, useAll(bundle, temporary));
    List<FileTime> made = times();
    assertEquals(0, useAll(bundle, temporary));
    assertEquals(made, times());
    // Wherever the bundle lies.
    Path copy = TestBundles.copy(bundle.root(), temporary.resolve("copy"));
    assertEquals(0, useAll(Bundle.open(copy), temporary));
  }

  @Test
  void theGraphWithControlNetsSharesTheConvertedWeightsOnDisk() throws IOException {
    Bundle bundle = Bundle.open(TestBundles.controlled("fp16-vae8", temporary.resolve("model")));
    Path cache = temporary.resolve("cache");
    try (GraphPool<BundlePart> graphs =
        BundleGraphs.pool(
            AdaptedBundle.of(bundle, Adapters.NONE),
            ModelOptions.cpu(),
            notice -> {},
            new Float32Cache(cache))) {
      boolean controlled =
          graphs.use(BundlePart.UNET_CONTROLNET, session -> session.hasInput("controlnet_images"));
      assertTrue(controlled);
    }
    List<Path> data;
    List<Path> own;
    try (Stream<Path> files = Files.walk(cache)) {
      List<Path> all = files.toList();
      data = all.stream().filter(file -> file.endsWith("model.onnx_data")).toList();
      own = all.stream().filter(file -> file.endsWith("model_controlnet.onnx_data")).toList();
    }
    List<Path> unets =
        data.stream()
            .filter(file -> Files.exists(file.resolveSibling("model_controlnet.onnx")))
            .toList();
    assertEquals(1, unets.size());
    assertTrue(
        data.stream()
            .filter(file -> !file.equals(unets.get(0)))
            .anyMatch(file -> sameFile(file, unets.get(0))),
        "the UNet's weights lie on the disk once");
    long half = Files.size(bundle.root().resolve("unet/model_controlnet.onnx_data"));
    assertTrue(Files.size(own.get(0)) < 2.1 * half + 4096, "only the ControlNet's own are written");
  }

  private static boolean sameFile(Path a, Path b) {
    try {
      return Files.isSameFile(a, b);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void singlePrecisionRunsAsItIs() throws IOException {
    assertEquals(0, useAll(Bundle.open(TestBundles.folder("eps-vae8")), temporary));
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void aCacheThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));
    Bundle bundle = Bundle.open(TestBundles.folder("fp16-vae8"));
    String message = assertThrows(WeightsException.class, () -> useAll(bundle, file)).getMessage();
    assertTrue(message.contains("SAR_DIFFUSION_CACHE"), message);
  }

  /** Uses every graph and counts the announcements of conversions. */
  private static int useAll(Bundle bundle, Path cache) {
    List<String> notices = Collections.synchronizedList(new ArrayList<>());
    try (GraphPool<BundlePart> graphs =
        BundleGraphs.pool(
            AdaptedBundle.of(bundle, Adapters.NONE),
            ModelOptions.cpu(),
            notices::add,
            new Float32Cache(cache))) {
      for (BundlePart part :
          List.of(
              BundlePart.TEXT_ENCODER,
              BundlePart.TEXT_ENCODER_2,
              BundlePart.UNET,
              BundlePart.VAE_DECODER)) {
        graphs.use(part, session -> session.outputNames());
      }
    }
    notices.forEach(notice -> assertTrue(notice.contains(cache.toString()), notice));
    return notices.size();
  }

  private List<FileTime> times() throws IOException {
    List<FileTime> times = new ArrayList<>();
    try (Stream<Path> files = Files.walk(temporary.resolve("float32"))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        times.add(Files.getLastModifiedTime(file));
      }
    }
    return times;
  }
}
