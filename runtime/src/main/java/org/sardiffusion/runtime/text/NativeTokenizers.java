package org.sardiffusion.runtime.text;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.sardiffusion.core.io.UserCache;

/**
 * The door to DJL's build of the {@code tokenizers} library.
 *
 * <p>DJL unpacks the native library (15 MB) into {@code ENGINE_CACHE_DIR}, else {@code
 * DJL_CACHE_DIR} (environment variables or system properties), else {@code .djl.ai} in the home
 * directory ({@code ai.djl.util.Utils.getEngineCacheDir}); it looks for CUDA and would download
 * another build where it finds it, and it calls home. Here it stays offline and on the CPU, and
 * where the user names no cache it gets one that can be written: beside this library's other ones.
 */
final class NativeTokenizers {
  private static final List<String> CACHE_SETTINGS = List.of("ENGINE_CACHE_DIR", "DJL_CACHE_DIR");

  static {
    setDefault("ai.djl.offline", "DJL_OFFLINE", "true");
    setDefault("OPT_OUT_TRACKING", "OPT_OUT_TRACKING", "true");
  }

  private NativeTokenizers() {}

  /** Makes a native tokenizer that neither truncates nor pads; its owner closes it. */
  static HuggingFaceTokenizer create(byte[] tokenizerJson) throws IOException {
    loadLibrary();
    return HuggingFaceTokenizer.newInstance(
        new ByteArrayInputStream(tokenizerJson),
        Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
  }

  private static void loadLibrary() throws IOException {
    Optional<Path> throwaway = prepareCache();
    discardDamaged();
    try {
      LibUtils.checkStatus();
    } catch (EngineException | LinkageError e) {
      throw new TokenizerException(
          "The tokenizer's native library can't be unpacked and loaded (%s). Set the environment"
                  .formatted(e.getCause() == null ? e : e.getCause())
              + " variable ENGINE_CACHE_DIR to a folder that can be written and whose files can be"
              + " executed.",
          e);
    } finally {
      throwaway.ifPresent(NativeTokenizers::deleteOnExit);
    }
  }

  /**
   * Deletes a library in the cache that is not as long as that of the jar, so that it is unpacked
   * anew: one that a full disk or a stopped process has cut short ends the JVM as it is loaded.
   */
  private static synchronized void discardDamaged() throws IOException {
    Platform platform = Platform.detectPlatform("tokenizers");
    String name = System.mapLibraryName("tokenizers");
    String resource = "native/lib/" + platform.getClassifier() + "/cpu/" + name;
    URL packed = LibUtils.class.getClassLoader().getResource(resource);
    if (packed == null) {
      return;
    }
    // As LibUtils.copyJniLibrary names it.
    Path unpacked =
        Utils.getEngineCacheDir("tokenizers")
            .resolve(platform.getVersion() + "-cpu-" + platform.getClassifier())
            .resolve(name);
    if (!Files.isRegularFile(unpacked)
        || Files.size(unpacked) == packed.openConnection().getContentLengthLong()) {
      return;
    }
    try {
      Files.delete(unpacked);
    } catch (IOException e) {
      throw new TokenizerException(
          unpacked + " is damaged, and can't be replaced: delete it, or make its folder writable.",
          e);
    }
  }

  /** Chooses the cache on the first call; returns it if it must not outlive this process. */
  private static synchronized Optional<Path> prepareCache() throws IOException {
    if (CACHE_SETTINGS.stream().anyMatch(NativeTokenizers::isSet)) {
      return Optional.empty();
    }
    Path lasting = UserCache.folder().resolve("djl");
    if (canHoldLibrary(lasting)) {
      System.setProperty("ENGINE_CACHE_DIR", lasting.toString());
      return Optional.empty();
    }
    // A fresh folder with its owner's rights only: a fixed name in /tmp could hold anyone's code.
    Path throwaway = Files.createTempDirectory("sar-diffusion-djl-");
    System.setProperty("ENGINE_CACHE_DIR", throwaway.toString());
    return Optional.of(throwaway);
  }

  private static boolean canHoldLibrary(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "probe", ""));
      return true;
    } catch (IOException | SecurityException e) {
      return false;
    }
  }

  private static void deleteOnExit(Path folder) {
    // Deleted in the reverse order of registration: folders before what they contain.
    try (Stream<Path> paths = Files.walk(folder)) {
      paths.forEach(path -> path.toFile().deleteOnExit());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void setDefault(String property, String variable, String value) {
    if (System.getenv(variable) == null && System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static boolean isSet(String name) {
    String variable = System.getenv(name);
    String property = System.getProperty(name);
    return variable != null && !variable.isEmpty() || property != null && !property.isEmpty();
  }
}
