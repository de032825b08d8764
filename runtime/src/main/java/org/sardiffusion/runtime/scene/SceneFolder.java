package org.sardiffusion.runtime.scene;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.sardiffusion.core.io.AtomicMove;
import org.sardiffusion.core.io.LockFile;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.internal.schedule.SamplerState;

/**
 * Where the latents of a scene lie while it is made: enough to go on after the process was killed.
 *
 * <p>Latents and sampler states exist twice; a call reads the one and writes the other, so that
 * what was done since the last word in {@code progress} can be done again. That file replaces the
 * former one in a single move, once all that it speaks of is on the disk.
 */
public final class SceneFolder implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String REQUEST = "request.json";
  private static final String LOCK = "lock";
  private static final String PROGRESS = "progress";
  private static final String LATENTS = "latents";
  private static final String SAMPLER = "sampler";
  private static final String FRESH = ".new";
  private static final int VERSION = 1;

  private final Path folder;
  private final LockFile lock;

  private SceneFolder(Path folder, LockFile lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Opens the folder of a scene, and makes it where there is none.
   *
   * @param request all that decides on the scene's pixels, one JSON object
   * @throws SceneException if the folder holds something else, another scene, or one that another
   *     process is working on
   */
  public static SceneFolder open(Path folder, String request) {
    try {
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new SceneException(
            folder + " is a file where the scene's work folder must be: move it away.");
      }
      requireOwn(folder);
      Files.createDirectories(folder);
      LockFile lock = LockFile.take(folder.resolve(LOCK)).orElseThrow(() -> busy(folder));
      try {
        requireSame(folder, request);
        return new SceneFolder(folder, lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  private static void requireOwn(Path folder) throws IOException {
    if (!Files.isDirectory(folder) || Files.exists(folder.resolve(REQUEST))) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      if (files.anyMatch(file -> !isBeginning(file.getFileName().toString()))) {
        throw new SceneException(
            folder
                + " is where the scene's work would be kept, but holds other files and no "
                + REQUEST
                + ": move it away, or write to another file.");
      }
    }
  }

  /** What a process may leave that is killed before it has said what it is about to make. */
  private static boolean isBeginning(String name) {
    return name.equals(LOCK) || name.equals(REQUEST + FRESH);
  }

  private static SceneException busy(Path folder) {
    return new SceneException(
        "Another process is making the scene in "
            + folder
            + ". Wait for it, or write to another file.");
  }

  private static void requireSame(Path folder, String request) throws IOException {
    Path file = folder.resolve(REQUEST);
    if (!Files.exists(file)) {
      replace(folder, REQUEST, ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
      return;
    }
    String before = Files.readString(file);
    if (before.equals(request)) {
      return;
    }
    if (holdsWork(folder)) {
      throw new SceneException(
          folder
              + " holds an unfinished scene that differs from this one in "
              + String.join(", ", differences(before, request))
              + ". Repeat that command to finish it, write to another file, or delete the folder to give"
              + " it up.");
    }
    // Of a scene that was refused before any work, or whose folder was being deleted.
    deleteAll(folder, each -> !each.endsWith(LOCK));
    replace(folder, REQUEST, ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
  }

  /** Whether there is more than can be made again in a moment. */
  private static boolean holdsWork(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .anyMatch(
              name ->
                  !isBeginning(name)
                      && !name.equals(REQUEST)
                      && !name.equals(PROGRESS + FRESH)
                      && !name.startsWith(LATENTS)
                      && !name.startsWith(SAMPLER));
    }
  }

  private static void deleteAll(Path folder, Predicate<Path> which) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(which).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }

  private static Set<String> differences(String before, String now) {
    Set<String> different = new TreeSet<>();
    try {
      JsonNode old = MAPPER.readTree(before);
      JsonNode fresh = MAPPER.readTree(now);
      Set<String> names = new TreeSet<>();
      old.fieldNames().forEachRemaining(names::add);
      fresh.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        if (!old.path(name).equals(fresh.path(name))) {
          different.add(name);
        }
      }
    } catch (JsonProcessingException e) {
      different.add("all (its " + REQUEST + " is damaged)");
    }
    return different.isEmpty() ? Set.of("its wording") : different;
  }

  /** Where it is. */
  public Path path() {
    return folder;
  }

  /** Bytes that its files take. */
  public long size() {
    try (Stream<Path> files = Files.list(folder)) {
      long sum = 0;
      for (Path file : files.toList()) {
        sum += Files.size(file);
      }
      return sum;
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  /** How far an earlier run came; empty if there is nothing to go on with. */
  Optional<SceneProgress> progress() {
    Path file = folder.resolve(PROGRESS);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      if (bytes.getInt() != VERSION) {
        throw damaged(file);
      }
      int call = bytes.getInt();
      int tileRow = bytes.getInt();
      int count = bytes.getInt();
      // Before a damaged count is believed: it may be of gigabytes.
      if (bytes.remaining() != (long) count * Double.BYTES) {
        throw damaged(file);
      }
      double[] rest = new double[count];
      bytes.asDoubleBuffer().get(rest);
      return Optional.of(new SceneProgress(call, tileRow, rest));
    } catch (BufferUnderflowException e) {
      throw damaged(file);
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  /** Notes how far the scene is; what it speaks of must be on the disk. */
  void advance(SceneProgress progress) throws IOException {
    double[] rest = progress.rest();
    ByteBuffer bytes = ByteBuffer.allocate(4 * Integer.BYTES + rest.length * Double.BYTES);
    bytes.putInt(VERSION).putInt(progress.call()).putInt(progress.tileRow());
    bytes.putInt(rest.length);
    bytes.asDoubleBuffer().put(rest);
    replace(folder, PROGRESS, bytes.clear());
  }

  /**
   * The latents before a call.
   *
   * @throws SceneException if they are gone
   */
  LatentFile latents(int call, int channels, Window held) throws IOException {
    Path file = latents(call);
    if (!Files.exists(file)) {
      throw damaged(file);
    }
    return new LatentFile(file, channels, held);
  }

  /** Where the latents before a call are to be written. */
  LatentFile latentsToWrite(int call, int channels, Window held) throws IOException {
    return new LatentFile(latents(call), channels, held);
  }

  private Path latents(int call) {
    return folder.resolve(LATENTS + call % 2);
  }

  /** Keeps the state of the sampler of a row of tiles before a call. */
  void write(int call, int tileRow, SamplerState state) throws IOException {
    int length = state.arrays().isEmpty() ? 0 : state.arrays().get(0).length;
    ByteBuffer header = ByteBuffer.allocate((3 + state.counters().size()) * Integer.BYTES);
    header.putInt(state.counters().size()).putInt(state.arrays().size()).putInt(length);
    state.counters().forEach(header::putInt);
    try (FileChannel file =
        FileChannel.open(
            sampler(call, tileRow),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      writeFully(file, header.flip());
      ByteBuffer values = ByteBuffer.allocate(length * Float.BYTES);
      for (float[] array : state.arrays()) {
        values.clear().asFloatBuffer().put(array);
        writeFully(file, values);
      }
      file.force(false);
    }
  }

  /** The state of the sampler of a row of tiles before a call. */
  SamplerState sampler(int call, int tileRow, int length) throws IOException {
    Path path = sampler(call, tileRow);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
    try {
      int counterCount = bytes.getInt();
      int arrayCount = bytes.getInt();
      if (arrayCount > 0 && bytes.getInt() != length || arrayCount == 0 && bytes.getInt() != 0) {
        throw damaged(path);
      }
      List<Integer> counters = new ArrayList<>();
      for (int i = 0; i < counterCount; i++) {
        counters.add(bytes.getInt());
      }
      List<float[]> arrays = new ArrayList<>();
      for (int i = 0; i < arrayCount; i++) {
        float[] array = new float[length];
        bytes.asFloatBuffer().get(array);
        bytes.position(bytes.position() + length * Float.BYTES);
        arrays.add(array);
      }
      return new SamplerState(counters, arrays);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw damaged(path);
    }
  }

  private Path sampler(int call, int tileRow) {
    return folder.resolve(SAMPLER + call % 2 + "-" + tileRow);
  }

  private static void replace(Path folder, String name, ByteBuffer bytes) throws IOException {
    Path fresh = folder.resolve(name + FRESH);
    try (FileChannel file =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      writeFully(file, bytes);
      file.force(true);
    }
    AtomicMove.move(fresh, folder.resolve(name));
  }

  private static void writeFully(FileChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  /**
   * Deletes the folder and all that is in it: the scene is finished. Nothing else works afterwards.
   *
   * <p>A process killed meanwhile leaves a folder in which the same scene, or another, can begin.
   */
  public void delete() {
    try {
      // First, since it speaks of the other files.
      Files.deleteIfExists(folder.resolve(PROGRESS));
      forceEntries();
      deleteAll(folder, file -> !file.endsWith(REQUEST) && !file.endsWith(LOCK));
      // The request goes late: without it the folder would be nobody's.
      Files.deleteIfExists(folder.resolve(REQUEST));
      Files.deleteIfExists(folder.resolve(LOCK));
    } catch (IOException e) {
      throw failure(folder, e);
    } finally {
      close();
    }
    deleteEmpty();
  }

  private void deleteEmpty() {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      // Another process has begun a scene there as soon as it could.
      return;
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  /** Returns when the names of the files are on the disk, where the system can tell. */
  private void forceEntries() {
    try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
      entries.force(true);
    } catch (IOException e) {
      // Windows does not open folders.
      return;
    }
  }

  private SceneException damaged(Path file) {
    return new SceneException(
        file
            + " is damaged or missing: delete the folder "
            + folder
            + " and begin the scene anew.");
  }

  static SceneException failure(Path folder, IOException e) {
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    return new SceneException(
        "Cannot keep the scene's work in "
            + folder
            + ": "
            + reason
            + ". The same command continues once that is put right.",
        e);
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      // Nothing of it is in memory only.
      return;
    }
  }
}
