package org.sardiffusion.runtime.weights;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.sardiffusion.core.run.CancelledException;

/**
 * Single precision copies of half precision graphs, converted once and kept on disk.
 *
 * <p>The copy of a graph lies in {@code ROOT/float32/FINGERPRINT/}, where the fingerprint depends
 * on the graph and its weights but not on where they lie (see {@link Fingerprint}). A copy appears
 * by one rename when it is complete, so a folder of that name is never partial; its weights are
 * measured again at every hit all the same. Threads and processes that want the same copy wait for
 * the one that makes it.
 */
public final class Float32Cache {

  /** The environment variable that names the cache's root. */
  public static final String ENVIRONMENT_VARIABLE = "SAR_DIFFUSION_CACHE";

  private static final String REMEDY =
      "Free some space, or move the cache: set "
          + ENVIRONMENT_VARIABLE
          + " to a folder on a disk with room.";
  private static final String PARTIAL = ".partial";
  private static final long POLL_MILLIS = 100;

  /**
   * The lock files that threads of this process hold. A file lock belongs to the whole process, and
   * POSIX drops it when any channel on the file is closed: so one thread at a time opens the file.
   */
  private static final Set<Path> LOCKED_HERE = ConcurrentHashMap.newKeySet();

  private final Path root;

  /**
   * @param root folder of the cache; made when first needed
   */
  public Float32Cache(Path root) {
    this.root = root.toAbsolutePath();
  }

  /**
   * The cache of this user: in {@code SAR_DIFFUSION_CACHE}, else {@code
   * XDG_CACHE_HOME/sar-diffusion}, else (Windows) {@code LOCALAPPDATA/sar-diffusion}, else {@code
   * ~/.cache/sar-diffusion}.
   */
  public static Float32Cache ofUser() {
    return new Float32Cache(root(System.getenv(), Path.of(System.getProperty("user.home"))));
  }

  static Path root(Map<String, String> environment, Path home) {
    String own = environment.getOrDefault(ENVIRONMENT_VARIABLE, "");
    if (!own.isBlank()) {
      return Path.of(own);
    }
    // The XDG Base Directory Specification says to ignore relative paths.
    return Stream.of("XDG_CACHE_HOME", "LOCALAPPDATA")
        .map(name -> environment.getOrDefault(name, ""))
        .filter(value -> !value.isBlank())
        .map(Path::of)
        .filter(Path::isAbsolute)
        .findFirst()
        .orElse(home.resolve(".cache"))
        .resolve("sar-diffusion");
  }

  /** The folder of the cache. */
  public Path root() {
    return root;
  }

  /** As {@link #float32(OnnxGraph, ConversionListener)}, for a graph not yet read. */
  public Path float32(Path modelOnnx, ConversionListener listener) {
    return float32(OnnxGraph.read(modelOnnx), listener).file();
  }

  /**
   * The graph itself when it uses no half precision, else its single precision copy, made now if it
   * isn't there.
   *
   * @throws CancelledException when the listener cancels or the thread is interrupted
   * @throws WeightsException when the graph can't be converted or the cache can't be written
   */
  public OnnxGraph float32(OnnxGraph graph, ConversionListener listener) {
    return float32(graph, SharedWeights.NONE, listener);
  }

  /**
   * Likewise, for a graph that reads weights from the data file of another: that one is converted
   * first, and the copies share these weights on disk too.
   *
   * @param owner the graph whose data file it is, in the same folder
   */
  public OnnxGraph float32(OnnxGraph graph, OnnxGraph owner, ConversionListener listener) {
    if (!graph.usesFloat16() || !owner.usesFloat16()) {
      return float32(graph, listener);
    }
    return float32(graph, new SharedWeights(owner, float32(owner, listener)), listener);
  }

  private OnnxGraph float32(OnnxGraph graph, SharedWeights shared, ConversionListener listener) {
    if (!graph.usesFloat16()) {
      return graph;
    }
    Path folder = root.resolve("float32");
    Entry entry =
        new Entry(folder.resolve(Fingerprint.of(graph)), graph.file().getFileName().toString());
    Optional<OnnxGraph> ready = entry.graph();
    if (ready.isPresent()) {
      return ready.get();
    }
    try {
      Files.createDirectories(folder);
      return madeUnderLock(entry, Float32Conversion.of(graph, shared), listener);
    } catch (IOException e) {
      throw new WeightsException(
          folder,
          "the cache can't be written (" + e.getMessage() + ")",
          "Set " + ENVIRONMENT_VARIABLE + " to a folder that can.",
          e);
    }
  }

  private OnnxGraph madeUnderLock(
      Entry entry, Float32Conversion conversion, ConversionListener listener) throws IOException {
    // The lock file stays: to delete it would let two processes hold "the" lock.
    Path lockFile = entry.sibling(".lock");
    await(() -> LOCKED_HERE.add(lockFile), listener);
    // Closing the channel releases its lock.
    try (FileChannel channel =
        FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      await(() -> channel.tryLock() != null, listener);
      Optional<OnnxGraph> ready = entry.graph();
      if (ready.isPresent()) {
        return ready.get();
      }
      make(entry, conversion, listener);
      return entry.read();
    } finally {
      LOCKED_HERE.remove(lockFile);
    }
  }

  private static void make(Entry entry, Float32Conversion conversion, ConversionListener listener)
      throws IOException {
    entry.sweep();
    DiskSpace.require(entry.folder.getParent(), conversion.byteLength(), REMEDY);
    Path partial = entry.sibling("." + UUID.randomUUID() + PARTIAL);
    try {
      conversion.into(partial, listener);
      Files.move(partial, entry.folder, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      deleteFolder(partial);
    }
  }

  /** An attempt to get a lock. */
  private interface Attempt {
    boolean succeeds() throws IOException;
  }

  /** Waits by trying, because only that can be cancelled. */
  private static void await(Attempt attempt, ConversionListener listener) throws IOException {
    while (!attempt.succeeds()) {
      if (listener.cancelled()) {
        throw new CancelledException("the wait for another conversion was cancelled");
      }
      listener.waiting();
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancelledException("the wait for another conversion was interrupted");
      }
    }
  }

  private static void deleteFolder(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(folder);
  }

  /** The place of one copy. */
  private record Entry(Path folder, String name) {

    OnnxGraph read() {
      return OnnxGraph.read(folder.resolve(name));
    }

    /** The copy, if it is there and as long as it says, should a disk have lost part of it. */
    Optional<OnnxGraph> graph() {
      try {
        return Files.isDirectory(folder)
            ? Optional.of(read()).filter(copy -> !copy.usesFloat16())
            : Optional.empty();
      } catch (WeightsException e) {
        return Optional.empty();
      }
    }

    Path sibling(String ending) {
      return folder.resolveSibling(folder.getFileName() + ending);
    }

    /** Removes a damaged copy, and what conversions left that were killed; needs the lock. */
    void sweep() throws IOException {
      deleteFolder(folder);
      try (DirectoryStream<Path> left =
          Files.newDirectoryStream(folder.getParent(), folder.getFileName() + ".*" + PARTIAL)) {
        for (Path partial : left) {
          deleteFolder(partial);
        }
      }
    }
  }
}
