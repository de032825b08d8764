package org.sardiffusion.runtime.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.io.AtomicMove;
import org.sardiffusion.core.io.UserCache;

/**
 * The door to ONNX Runtime: unpacks its native libraries once into the user's cache.
 *
 * <p>Left alone, {@code ai.onnxruntime.OnnxRuntime} unpacks them from its jar into a temporary
 * folder at every start (28 MB for the CPU, 640 MB for CUDA); it looks for them in {@code
 * onnxruntime.native.path} first. Whatever goes wrong here, it is left alone.
 */
final class NativeRuntime {
  private static final OrtLoggingLevel LEVEL = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
  private static final int LONGEST_COMMAND_LINE = 4096;

  private static final String LOCATION = "onnxruntime.native.path";

  static {
    if (System.getProperty(LOCATION) == null) {
      try {
        System.setProperty(LOCATION, unpacked(UserCache.folder()).toString());
      } catch (IOException | URISyntaxException | RuntimeException e) {
        // Slower, but as good: ONNX Runtime unpacks its libraries itself.
      }
    }
  }

  private NativeRuntime() {}

  /**
   * ONNX Runtime, its native libraries loaded.
   *
   * @throws DeviceException if the process can't load it
   */
  static OrtEnvironment environment() {
    requireShortCommandLine();
    try {
      OrtEnvironment environment = OrtEnvironment.getEnvironment(LEVEL);
      NativeCalls.awaitAtExit();
      return environment;
    } catch (LinkageError e) {
      throw new DeviceException(
          "The native library of ONNX Runtime can't be loaded ("
              + e.getMessage()
              + "). It needs a 64-bit Linux with glibc 2.27 or later, Windows or macOS, and a cache folder whose files"
              + " may be executed: set "
              + UserCache.ENVIRONMENT_VARIABLE
              + " to one.",
          e);
    }
  }

  /**
   * Holds ONNX Runtime's environment, which counts its owners, beyond the shutdown hook of its Java
   * library.
   *
   * @return gives it up again
   */
  static Runnable holdEnvironment() {
    try {
      Class<?> library = Class.forName("ai.onnxruntime.OnnxRuntime");
      Field handle = library.getDeclaredField("ortApiHandle");
      Method create =
          OrtEnvironment.class.getDeclaredMethod(
              "createHandle", long.class, int.class, String.class);
      Method close = OrtEnvironment.class.getDeclaredMethod("close", long.class, long.class);
      AccessibleObject.setAccessible(new AccessibleObject[] {handle, create, close}, true);
      long api = handle.getLong(null);
      long environment = (long) create.invoke(null, api, LEVEL.getValue(), "sar-diffusion");
      return () -> {
        try {
          close.invoke(null, api, environment);
        } catch (ReflectiveOperationException e) {
          // The process is ending, and its memory with it.
        }
      };
    } catch (ReflectiveOperationException | RuntimeException e) {
      // Another release of the library: its own hook alone decides.
      return () -> {};
    }
  }

  /** ONNX Runtime 1.29 reads its process's command line into too small a buffer, and crashes. */
  private static void requireShortCommandLine() {
    try {
      if (Files.readAllBytes(Path.of("/proc/self/cmdline")).length >= LONGEST_COMMAND_LINE) {
        throw new DeviceException(
            "ONNX Runtime can't start in a process whose command line is longer than "
                + LONGEST_COMMAND_LINE
                + " bytes. Start it with the script sar-diffusion, which passes long arguments in a"
                + " file, or shorten them.");
      }
    } catch (IOException e) {
      // Not Linux: there is no such file, and no such trouble.
    }
  }

  /** The folder that holds the libraries of this jar, complete. */
  private static Path unpacked(Path cache) throws IOException, URISyntaxException {
    URL location = OrtEnvironment.class.getProtectionDomain().getCodeSource().getLocation();
    Path jar = Path.of(location.toURI());
    Path folder = cache.resolve("onnxruntime").resolve(jar.getFileName() + "-" + Files.size(jar));
    Pattern wanted = Pattern.compile("ai/onnxruntime/native/" + platform() + "/([^/]+)");
    Files.createDirectories(folder);
    try (JarFile libraries = new JarFile(jar.toFile())) {
      for (JarEntry entry : libraries.stream().toList()) {
        Matcher name = wanted.matcher(entry.getName());
        if (name.matches()) {
          unpack(libraries, entry, folder.resolve(name.group(1)));
        }
      }
    }
    return folder;
  }

  /** A file appears by one rename, so that processes may unpack it at once. */
  private static void unpack(JarFile libraries, JarEntry entry, Path target) throws IOException {
    if (Files.isRegularFile(target) && Files.size(target) == entry.getSize()) {
      return;
    }
    Path partial = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID());
    try (InputStream in = libraries.getInputStream(entry)) {
      Files.copy(in, partial);
      AtomicMove.move(partial, target);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** As the folders inside the jar are named: linux-x64, osx-aarch64, ... */
  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return (system.contains("mac") ? "osx" : system.contains("win") ? "win" : "linux")
        + "-"
        + (machine.equals("amd64") || machine.equals("x86_64") ? "x64" : machine);
  }
}
