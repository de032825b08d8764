package org.sardiffusion.runtime.weights;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.sardiffusion.core.io.AtomicMove;
import org.sardiffusion.core.io.DiskSpace;
import org.sardiffusion.core.io.LockFile;
import org.sardiffusion.core.io.UserCache;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.core.run.Progress;

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

  private static final String REMEDY =
      "Free some space, or move the cache: set "
          + UserCache.ENVIRONMENT_VARIABLE
          + " to a folder on a disk with room.";
  private static final String PARTIAL = ".partial";
  private static final long POLL_MILLIS = 100;

  private final Path root;

  /**
   * @param root folder of the cache; made when first needed
   */
  public Float32Cache(Path root) {
    this.root = root.toAbsolutePath();
  }

  /** The cache of this user, in {@link UserCache#folder}. */
  public static Float32Cache ofUser() {
    return new Float32Cache(UserCache.folder());
  }

  /** The folder of the cache. */
  public Path root() {
    return root;
  }

  /** As {@link #float32(OnnxGraph, Progress, Cancellation)}, for a graph not yet read. */
  public Path float32(Path modelOnnx, Progress progress, Cancellation cancellation) {
    return float32(OnnxGraph.read(modelOnnx), progress, cancellation).file();
  }

  /**
   * The graph itself when it uses no half precision, else its single precision copy, made now if it
   * isn't there.
   *
   * @throws CancelledException when {@code cancellation} is used or the thread is interrupted
   * @throws WeightsException when the graph can't be converted or the cache can't be written
   */
  public OnnxGraph float32(OnnxGraph graph, Progress progress, Cancellation cancellation) {
    return float32(graph, SharedWeights.NONE, progress, cancellation);
  }

  /**
   * Likewise, for a graph that reads weights from the data file of another: that one is converted
   * first, and the copies share these weights on disk too.
   *
   * @param owner the graph whose data file it is, in the same folder
   */
  public OnnxGraph float32(
      OnnxGraph graph, OnnxGraph owner, Progress progress, Cancellation cancellation) {
    if (!graph.usesFloat16() || !owner.usesFloat16()) {
      return float32(graph, progress, cancellation);
    }
    return float32(
        graph,
        new SharedWeights(owner, float32(owner, progress, cancellation)),
        progress,
        cancellation);
  }

  private OnnxGraph float32(
      OnnxGraph graph, SharedWeights shared, Progress progress, Cancellation cancellation) {
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
      return madeUnderLock(entry, Float32Conversion.of(graph, shared), progress, cancellation);
    } catch (IOException e) {
      throw new WeightsException(
          folder,
          "the cache can't be written (" + e.getMessage() + ")",
          "Set " + UserCache.ENVIRONMENT_VARIABLE + " to a folder that can.",
          e);
    }
  }

  private OnnxGraph madeUnderLock(
      Entry entry, Float32Conversion conversion, Progress progress, Cancellation cancellation)
      throws IOException {
    LockFile lock = awaitLock(entry.sibling(".lock"), progress, cancellation);
    try {
      Optional<OnnxGraph> ready = entry.graph();
      if (ready.isPresent()) {
        return ready.get();
      }
      make(entry, conversion, progress, cancellation);
      return entry.read();
    } finally {
      lock.close();
    }
  }

  private static void make(
      Entry entry, Float32Conversion conversion, Progress progress, Cancellation cancellation)
      throws IOException {
    entry.sweep();
    DiskSpace.require(
        entry.folder.getParent(),
        conversion.byteLength(),
        "The float32 copy of " + conversion.name(),
        REMEDY);
    Path partial = entry.sibling("." + UUID.randomUUID() + PARTIAL);
    try {
      conversion.into(partial, progress, cancellation);
      AtomicMove.move(partial, entry.folder);
    } finally {
      deleteFolder(partial);
    }
  }

  /** Waits by trying, because only that can be cancelled. */
  private static LockFile awaitLock(Path file, Progress progress, Cancellation cancellation)
      throws IOException {
    boolean noted = false;
    while (true) {
      Optional<LockFile> lock = LockFile.take(file);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (cancellation.isCancelled()) {
        throw new CancelledException("the wait for another conversion was cancelled");
      }
      if (!noted) {
        noted = true;
        progress.note("The same weights are being converted already; waiting for that.");
      }
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
