package org.sardiffusion.training.internal.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.io.LockFile;
import org.sardiffusion.training.dataset.DatasetException;
import org.sardiffusion.training.dataset.DatasetManifest;
import org.sardiffusion.training.dataset.Existing;

/**
 * A training set on its way: the folder {@code OUT.partial} beside its target.
 *
 * <pre>
 * build.json        settings and sources, to recognise the same build
 * journal/N.json    what became of source N: written when all its patches are
 * patches/          images of the patches
 * captions.jsonl    what the captioner has written
 * scratch/          temporary
 * dataset/          the set as it will be; moved to OUT at the end
 * lock              held while a build runs
 * </pre>
 *
 * <p>Every file is moved into place whole, so that a build may be killed at any moment: what the
 * journal has is done, the rest is done again and comes out the same.
 */
public final class Staging implements AutoCloseable {
  private static final String BUILD = "build.json";
  private static final String REPLACED = "replaced";

  private final Path out;
  private final Path folder;
  private final LockFile lock;

  private Staging(Path out, Path folder, LockFile lock) {
    this.out = out;
    this.folder = folder;
    this.lock = lock;
  }

  /** The folder of an unfinished build. */
  public static Path folderOf(Path out) {
    Path absolute = out.toAbsolutePath().normalize();
    if (absolute.getFileName() == null) {
      throw new DatasetException(
          Kind.USAGE,
          "A training set can't be written to " + out + ". Name a folder.",
          Remedy.choose("out"));
    }
    return absolute.resolveSibling(absolute.getFileName() + ".partial");
  }

  /** Whether the target holds a finished training set. */
  public static boolean isFinished(Path out) {
    return Files.isRegularFile(out.resolve(DatasetManifest.FILE));
  }

  /**
   * Finds out whether a build may start, before anything long is done.
   *
   * @throws DatasetException if something is in the way that {@code existing} does not allow for
   */
  public static void check(Path out, Existing existing) {
    Path folder = folderOf(out);
    if (Files.exists(out) && !isEmptyFolder(out)) {
      if (!isFinished(out)) {
        throw new DatasetException(
            Kind.USAGE,
            out + " exists and is no training set, so it is not replaced. Choose another folder.",
            Remedy.choose("out"));
      }
      if (existing == Existing.REFUSE) {
        throw new DatasetException(
            Kind.USAGE,
            out + " exists. Replace it, or choose another folder.",
            Remedy.choose("overwrite"),
            Remedy.choose("out"));
      }
    }
    if (existing == Existing.REFUSE && Files.exists(folder.resolve(BUILD))) {
      throw new DatasetException(
          Kind.USAGE,
          "An unfinished build of " + out + " is in " + folder + ". Resume it, or start again.",
          Remedy.choose("resume"),
          Remedy.choose("overwrite"));
    }
  }

  /**
   * Opens the folder, and empties it unless it is to be resumed.
   *
   * @param fingerprint settings and sources of this build
   * @throws DatasetException if another build is running, or the unfinished one is another
   */
  public static Staging open(Path out, Existing existing, ObjectNode fingerprint) {
    check(out, existing);
    Path folder = folderOf(out);
    try {
      Files.createDirectories(folder);
      LockFile lock =
          LockFile.take(folder.resolve("lock"))
              .orElseThrow(
                  () ->
                      new DatasetException(
                          Kind.RESOURCE,
                          "Another build of "
                              + out
                              + " is running ("
                              + folder
                              + " is locked). Wait for it."));
      Staging staging = new Staging(out.toAbsolutePath().normalize(), folder, lock);
      try {
        staging.start(existing, fingerprint);
        return staging;
      } catch (RuntimeException | IOException e) {
        staging.close();
        throw e;
      }
    } catch (IOException e) {
      throw cannot("prepare", folder, e);
    }
  }

  private void start(Existing existing, ObjectNode fingerprint) throws IOException {
    Path build = folder.resolve(BUILD);
    if (existing == Existing.RESUME && Files.exists(build)) {
      // Numbers have one type once they have been written, whatever they were before.
      requireSame(Json.read(build, JsonNode.class), Json.MAPPER.readTree(fingerprint.toString()));
    } else {
      for (String part : List.of("journal", "patches", "dataset", "captions.jsonl", REPLACED)) {
        delete(folder.resolve(part));
      }
      Json.write(build, fingerprint);
    }
    delete(folder.resolve("scratch"));
    for (String part : List.of("journal", "patches", "scratch")) {
      Files.createDirectories(folder.resolve(part));
    }
    // Temporary files of a build that was killed.
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.getFileName().toString().endsWith(".part")).toList()) {
        Files.delete(file);
      }
    }
  }

  private void requireSame(JsonNode then, JsonNode now) {
    List<String> different = new ArrayList<>();
    now.fieldNames()
        .forEachRemaining(
            key -> {
              if (!now.get(key).equals(then.path(key))) {
                different.add(key);
              }
            });
    then.fieldNames()
        .forEachRemaining(
            key -> {
              if (!now.has(key)) {
                different.add(key);
              }
            });
    if (!different.isEmpty()) {
      throw new DatasetException(
          Kind.USAGE,
          "The unfinished build in "
              + folder
              + " is a different one: "
              + String.join(", ", different)
              + " differ. Resume it with the settings that it was started with, or start again.",
          Remedy.choose("overwrite"));
    }
  }

  public Path scratch() {
    return folder.resolve("scratch");
  }

  public Path captions() {
    return folder.resolve("captions.jsonl");
  }

  public Path patch(String name) {
    return folder.resolve("patches").resolve(name + ".png");
  }

  public Path folder() {
    return folder;
  }

  public void writePatch(String name, byte[] png) {
    AtomicOutput.write(patch(name), png.length, file -> Files.write(file, png));
  }

  public Optional<SourceRecord> record(int number) {
    Path file = journal(number);
    return Files.exists(file) ? Optional.of(Json.read(file, SourceRecord.class)) : Optional.empty();
  }

  public void write(int number, SourceRecord record) {
    Json.write(journal(number), record);
  }

  private Path journal(int number) {
    return folder.resolve("journal").resolve(number + ".json");
  }

  /** An empty folder for the finished set. */
  public Path assembly() {
    restorePatches();
    try {
      return Files.createDirectories(folder.resolve("dataset"));
    } catch (IOException e) {
      throw cannot("prepare", folder, e);
    }
  }

  /** Takes back the patches that an assembly which was killed had moved. */
  public void restorePatches() {
    Path dataset = folder.resolve("dataset");
    try {
      if (Files.exists(dataset)) {
        try (Stream<Path> files = Files.walk(dataset)) {
          for (Path file : files.filter(f -> f.toString().endsWith(".png")).toList()) {
            Files.move(
                file,
                folder.resolve("patches").resolve(file.getFileName()),
                StandardCopyOption.REPLACE_EXISTING);
          }
        }
        delete(dataset);
      }
    } catch (IOException e) {
      throw cannot("prepare", dataset, e);
    }
  }

  public void movePatch(String name, Path target) {
    try {
      Files.createDirectories(target.getParent());
      Files.move(patch(name), target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw cannot("move a patch to", target, e);
    }
  }

  /** Moves the finished set to its place, and removes this folder. */
  public void publish() {
    try {
      if (Files.exists(out)) {
        // Kept until the new set is in place; an empty folder is replaced likewise.
        delete(folder.resolve(REPLACED));
        Files.move(out, folder.resolve(REPLACED));
      }
      Files.move(folder.resolve("dataset"), out);
      discard();
    } catch (IOException e) {
      throw cannot("move the finished set to", out, e);
    }
  }

  /** Removes this folder and all in it. */
  public void discard() {
    close();
    try {
      delete(folder);
    } catch (IOException e) {
      throw cannot("remove", folder, e);
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw cannot("release", folder, e);
    }
  }

  private static boolean isEmptyFolder(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.exists(path)) {
      try (Stream<Path> tree = Files.walk(path)) {
        for (Path p : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(p);
        }
      }
    }
  }

  private static DatasetException cannot(String what, Path where, IOException e) {
    String reason =
        e.getMessage() == null || e.getMessage().equals(where.toString())
            ? e.getClass().getSimpleName()
            : e.getMessage();
    return new DatasetException(
        Kind.RESOURCE, "Cannot " + what + " " + where + ": " + reason + ".", e);
  }
}
