package org.sardiffusion.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.io.UserCache;

class DefaultBundleTest {
  private static final Path CLASSES = Path.of("target/classes");
  private static final Path MODEL = CLASSES.resolve("org/sardiffusion/models/default");

  @TempDir Path temporary;

  /** Installs into the folder that it is given: what another process runs. */
  public static final class Installer {
    public static void main(String[] arguments) {
      System.out.println(DefaultBundle.install(Path.of(arguments[0])));
    }
  }

  @Test
  void theFirstInstallCopiesAndTheSecondOnlyLooks() throws IOException {
    Path cache = temporary.resolve("a/b/c");
    Path folder = DefaultBundle.install(cache);
    assertEquals(files(MODEL), files(folder));
    assertEquals(-1, Files.mismatch(unet(MODEL), unet(folder)));
    FileTime old = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(unet(folder), old);
    assertEquals(folder, DefaultBundle.install(cache));
    assertEquals(old, Files.getLastModifiedTime(unet(folder)));
    assertEquals(List.of(folder.getFileName().toString()), names(cache.resolve("models")));
  }

  @Test
  void whatIsMissingOrCutComesBack() throws IOException {
    Path folder = DefaultBundle.install(temporary);
    Files.delete(unet(folder));
    assertEquals(folder, DefaultBundle.install(temporary));
    assertEquals(files(MODEL), files(folder));
    Files.delete(folder.resolve("sar_config.json"));
    DefaultBundle.install(temporary);
    assertEquals(files(MODEL), files(folder));
    try (RandomAccessFile file = new RandomAccessFile(unet(folder).toFile(), "rw")) {
      file.setLength(1000);
    }
    DefaultBundle.install(temporary);
    assertEquals(files(MODEL), files(folder));
    assertEquals(1, names(temporary.resolve("models")).size());
  }

  @Test
  void threadsInstallAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Path>> installs = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        installs.add(() -> DefaultBundle.install(temporary));
      }
      for (Future<Path> installed : threads.invokeAll(installs)) {
        assertEquals(files(MODEL), files(installed.get()));
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(1, names(temporary.resolve("models")).size());
  }

  @Test
  void processesInstallAtOnce() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  String.join(
                      System.getProperty("path.separator"),
                      CLASSES.toString(),
                      "target/test-classes",
                      Path.of(core().toURI()).toString()),
                  Installer.class.getName(),
                  temporary.toString())
              .redirectErrorStream(true)
              .start());
    }
    for (Process process : processes) {
      assertTrue(process.waitFor(25, TimeUnit.SECONDS));
      String output = new String(process.getInputStream().readAllBytes());
      assertEquals(0, process.exitValue(), output);
      assertEquals(files(MODEL), files(Path.of(output.strip())));
    }
    assertEquals(1, names(temporary.resolve("models")).size());
  }

  @Test
  void aCacheThatCannotBeWrittenIsNamedAndLeftAlone() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));
    String message =
        assertThrows(UncheckedIOException.class, () -> DefaultBundle.install(file)).getMessage();
    assertTrue(message.contains(file.toString()), message);
    assertTrue(message.contains("SAR_DIFFUSION_CACHE"), message);
    assertEquals(List.of("file"), names(temporary));
  }

  @Test
  void installsFromAJar() throws Exception {
    // A blank and an accent, which a URL spells otherwise.
    Path jar = temporary.resolve("modèles 1.jar");
    zip(CLASSES, jar);
    Path cache = temporary.resolve("cache");
    URL[] urls = {jar.toUri().toURL(), core()};
    try (URLClassLoader loader = new URLClassLoader(urls, null)) {
      Class<?> fromJar = loader.loadClass(DefaultBundle.class.getName());
      for (int i = 0; i < 2; i++) {
        Path folder = (Path) fromJar.getMethod("install", Path.class).invoke(null, cache);
        assertEquals(files(MODEL), files(folder));
        assertEquals(-1, Files.mismatch(unet(MODEL), unet(folder)));
      }
    } catch (InvocationTargetException e) {
      throw new AssertionError(e.getCause());
    }
  }

  /** Where the classes are that this module needs. */
  private static URL core() {
    return UserCache.class.getProtectionDomain().getCodeSource().getLocation();
  }

  private static Path unet(Path folder) {
    return folder.resolve("unet/model.onnx_data");
  }

  private static Map<String, Long> files(Path folder) throws IOException {
    Map<String, Long> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Files.size(file));
      }
    }
    return files;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static void zip(Path folder, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out);
        Stream<Path> walk = Files.walk(folder)) {
      zip.setLevel(0);
      for (Path path : walk.sorted().toList()) {
        String name = folder.relativize(path).toString().replace('\\', '/');
        if (Files.isDirectory(path)) {
          // As the jars of Maven have them; without, a folder is no resource.
          if (!name.isEmpty()) {
            zip.putNextEntry(new ZipEntry(name + "/"));
          }
        } else {
          zip.putNextEntry(new ZipEntry(name));
          Files.copy(path, zip);
        }
      }
    }
  }
}
